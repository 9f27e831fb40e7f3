import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync } from 'node:fs';

// What PostgreSQL runs to carry a segment of its log away, and to fetch one: under its name it is there whole, or not at all.

const [from, to] = process.argv.slice(2);
// PostgreSQL asks for segments until there is none, and must not write over one that has been carried away.
if (!existsSync(from) || (/[\\/]archive[\\/]/.test(to) && existsSync(to))) process.exit(1);
copyFileSync(from, `${to}.part`);
const file = openSync(`${to}.part`, 'r+');
fsyncSync(file);
closeSync(file);
renameSync(`${to}.part`, to);
