// Counts the invalid events of a file: node ajv.mjs NODE_MODULES SCHEMAS EVENTS. Writes {invalid, cpu, wall}, in seconds.
import { createRequire } from "node:module";
import { openSync, readFileSync, readSync } from "node:fs";

const load = createRequire(import.meta.url);
const [modules, schemas, events] = process.argv.slice(2);
const Ajv = load(`${modules}/ajv/dist/2020`).default;
const formats = load(`${modules}/ajv-formats`).default;

// `strict: false`: the schemas hold x- keywords.
const ajv = new Ajv({ strict: false });
formats(ajv);
const checks = new Map(
  Object.entries(JSON.parse(readFileSync(schemas, "utf8"))["2020-12"]).map(([event, schema]) => [event, ajv.compile(schema)]),
);

function invalidIn(text) {
  let invalid = 0;
  for (const line of text.split("\n")) {
    const event = JSON.parse(line);
    if (!checks.get(event.event)(event)) invalid += 1;
  }
  return invalid;
}

// Blocks, since a string of node's holds half a gigabyte at most. A block ends with the last whole line in it.
function invalidInFile(path) {
  const file = openSync(path);
  const block = Buffer.allocUnsafe(1 << 20);
  let [invalid, kept] = [0, 0];
  for (;;) {
    const filled = kept + readSync(file, block, kept, block.length - kept, null);
    if (filled === 0) return invalid;
    const end = block.lastIndexOf(10, filled - 1);
    invalid += invalidIn(block.toString("utf8", 0, end));
    block.copyWithin(0, end + 1, filled);
    kept = filled - end - 1;
  }
}

const [cpu, wall] = [process.cpuUsage(), process.hrtime.bigint()];
const invalid = invalidInFile(events);
const { user, system } = process.cpuUsage(cpu);
process.stdout.write(JSON.stringify({ invalid, cpu: (user + system) / 1e6, wall: Number(process.hrtime.bigint() - wall) / 1e9 }));
