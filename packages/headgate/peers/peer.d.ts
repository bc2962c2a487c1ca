/** What a package exports that may not be there, or why it can't be had. */
export type Found = { readonly module: unknown } | { readonly error: unknown };

/** Looks for the package that the file is named after. Never throws. */
export declare function find(): Found;
