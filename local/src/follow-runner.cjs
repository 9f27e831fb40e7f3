// Loaded before each function. The runner holds the other end of the standard input, which the operating system closes
// with it: so no function outlives a runner that was killed.
process.stdin.on('end', () => process.exit(1)).resume();
