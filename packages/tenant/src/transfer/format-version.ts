/** The version of the export format. It increases when earlier exports can no longer be read. */
export const formatVersion = 1;
