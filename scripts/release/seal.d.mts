/** Notes beside the binary of a platform package's folder how long it is and its CRC-32. */
export function seal(folder: string): void;
