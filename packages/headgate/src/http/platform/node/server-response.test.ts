import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { UNTOUCHED } from '../../outcome.js';
import { prepareServerResponse } from './server-response.js';

function response(state: object = {}) {
  const set: string[] = [];
  const setHeader = (name: string, value: string) => set.push(name, value);
  const removeHeader = (name: string) => set.push(name);
  const fresh = { statusCode: 200, headersSent: false, closed: false, setHeader, removeHeader, set, ...state };
  return Object.assign(new EventEmitter(), fresh);
}

/** What `settle` is told of a response that has this state, and to which this happens. */
function settledAs(state: object, ...events: string[]): unknown[] {
  const settled: unknown[] = [];
  const known = response(state);
  prepareServerResponse(known, { ...UNTOUCHED, settle: (...ended) => settled.push(ended) }, []);
  known.statusCode = 404;
  for (const event of events) known.emit(event);
  return settled;
}

it('settles first as aborted where the connection ends before the response has', () => {
  expect(settledAs({}, 'close')).toEqual([[404, true]]);
  expect(settledAs({}, 'finish', 'close')[0]).toEqual([404, false]);
});

it('settles as aborted at once where the client is gone already', () => {
  expect(settledAs({ closed: true })).toEqual([[200, true]]);
});

it('sets headers, unless the response is on its way already', () => {
  const [fresh, sent] = [response(), response({ headersSent: true })];
  for (const each of [fresh, sent]) prepareServerResponse(each, UNTOUCHED, ['A', 'b']);
  expect([fresh.set, sent.set]).toEqual([['A', 'b'], []]);
});
