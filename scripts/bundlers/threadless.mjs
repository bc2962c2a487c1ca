/** For esbuild. The laws on threads and on remote engines need threads, which browsers and workerd have none of. */
export const threadless = {
  name: 'threadless',
  setup(to) {
    to.onResolve({ filter: /^node:worker_threads$/ }, ({ path }) => ({ path, namespace: 'threadless' }));
    to.onLoad({ filter: /.*/, namespace: 'threadless' }, () => ({
      contents: 'export const [MessageChannel, receiveMessageOnPort, Worker] = [];',
    }));
  },
};
