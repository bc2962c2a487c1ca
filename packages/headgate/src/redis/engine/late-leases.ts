import { Answers } from '../wire/answers.js';
import type { Group } from '../wire/batch.js';
import type { Answer, Call, Granted } from '../wire/call.js';
import { checkReply } from '../wire/reply.js';
import { Denials } from './denials.js';
import { RemoteCounters } from './remote-counters.js';
import { Replies, type Sent } from './replies.js';

type Settle = Call & { readonly kind: 'settle' };

/** What gives back the units that an answer has leased. One that can't be read, as of a call that was run before, has none. */
export function lateLeases({ groups, short, policies, atMs }: Sent, reply: unknown): Settle[] {
  if (!groups.some(({ call }) => call.kind === 'lease') || !isReply(reply, groups, policies)) return [];
  const settles: Settle[] = [];
  const heard = groups.map(({ call, number, pending }): Group => {
    const resolve = (answer: Answer) => {
      const { units } = answer as Exclude<Granted, { reason: unknown }>;
      if (call.kind === 'lease' && units > 0)
        settles.push({ kind: 'settle', key: call.key, number, estimate: units, actual: 0 });
    };
    return { call, number, pending: pending.map(() => ({ call, resolve, reject: () => undefined })) };
  });
  const answers = new Answers(reply);
  answers.next();
  // All others were decided without it: they are counted nowhere.
  new Replies('', new RemoteCounters(policies), new Denials(0)).read({ groups: heard, short, policies, atMs }, answers);
  return settles;
}

function isReply(reply: unknown, groups: readonly Group[], policies: Sent['policies']): boolean {
  try {
    checkReply(reply, groups, undefined, policies);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
