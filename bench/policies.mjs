/** Nothing ends and nothing expires while it is measured. */
export const ROOMY = { limit: 1_000_000, windowMs: 3_600_000 };

/** The first unit is the last for an hour. */
export const ONE_UNIT = { limit: 1, windowMs: 3_600_000 };
