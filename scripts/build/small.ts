import type { Options } from 'tsup';

/**
 * How published code is made smaller: without white space, comments and the names of locals. Nothing else changes, so
 * engines run what was written, and classes keep the names that people see. Lines are short: Node prints the one that threw
 * an error which nobody caught. All is ASCII: with one other character V8 holds and reads a source at two bytes each.
 * Node's own modules keep `node:`, by which Deno and workerd know them.
 */
export const small: Pick<Options, 'minify' | 'terserOptions' | 'removeNodeProtocol'> = {
  removeNodeProtocol: false,
  minify: 'terser',
  terserOptions: {
    compress: false,
    mangle: { keep_classnames: true, toplevel: true },
    format: { comments: false, max_line_len: 200, ascii_only: true },
  },
};
