import type { Options } from 'tsup';

/**
 * How published code is made smaller: without white space, comments and the names of locals. Nothing else changes, so
 * engines run what was written, and classes keep the names that people see.
 */
export const small: Pick<Options, 'minify' | 'terserOptions'> = {
  minify: 'terser',
  terserOptions: { compress: false, mangle: { keep_classnames: true, toplevel: true }, format: { comments: false } },
};
