/** The version of the export format. It increases when earlier exports can no longer be read. */
export const FORMAT_VERSION = 1;
