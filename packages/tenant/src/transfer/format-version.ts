/** Of exports. It grows when one of before can no longer be read. */
export const formatVersion = 1;
