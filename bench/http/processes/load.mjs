// Sends requests, so many per message, and answers how many had each status.
import autocannon from 'autocannon';

const CONNECTIONS = 10;

process.on('disconnect', () => process.exit());
process.on('message', async ({ url, requests }) => {
  // It looks whether it is done once per interval, and sleeps meanwhile.
  const { statusCodeStats, errors } = await autocannon({
    url,
    amount: requests,
    connections: CONNECTIONS,
    sampleInt: 5,
  });
  const statuses = Object.fromEntries(Object.entries(statusCodeStats).map(([status, { count }]) => [status, count]));
  process.send({ statuses, errors });
});
process.send({ ready: true });
