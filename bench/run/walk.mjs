// Walks through 64 MB of memory, line by line, until it is killed.
const words = new Float64Array(8 * 2 ** 20);
const WORDS_OF_A_LINE = 8;

for (;;) for (let i = 0; i < words.length; i += WORDS_OF_A_LINE) words[i]++;
