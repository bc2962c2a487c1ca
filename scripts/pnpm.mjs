/** The pnpm that runs this; without one npx brings it, which takes some seconds. */
const running = process.env.npm_execpath ?? '';
export const [pnpm, ...pnpmArgs] = /[/\\]pnpm(\.\w+)?$/.test(running) ? [running] : ['npx', '--yes', 'pnpm@12.21.0'];
