// The verdicts of ajv: reads [{draft, schema, values}, ...] as JSON from standard input and writes, for each, the list
// of its booleans, or {"refused": why} for a schema that ajv does not compile. The one argument is a `node_modules` folder.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const load = createRequire(import.meta.url);
const modules = resolve(process.argv[2]);
const formats = load(`${modules}/ajv-formats`).default;
const drafts = {
  "2020-12": load(`${modules}/ajv/dist/2020`).default,
  "7": load(`${modules}/ajv`).default,
};

// `strict: false`: the schemas hold x- keywords. `ownProperties`: a required "constructor" is not the one every object inherits.
function verdicts({ draft, schema, values }) {
  try {
    const ajv = new drafts[draft]({ strict: false, ownProperties: true, validateSchema: true });
    formats(ajv);
    const validate = ajv.compile(schema);
    return values.map((value) => validate(value));
  } catch (error) {
    return { refused: error.message };
  }
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(verdicts)));
