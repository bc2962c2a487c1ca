/** A file in Lua, as text. */
declare module '*.lua' {
  const text: string;
  export default text;
}
