// SPDX-License-Identifier: Apache-2.0
// validate.js TYPE=FILE...: has each file the form of that type of types.ts? A property that the type does not know is an
// error, too. Exits with 1 if a file has not. To be run where the packages of package.json are installed beside it.
import fs from 'node:fs';
import Ajv from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

const path = new URL('types.ts', import.meta.url).pathname;
const generator = createGenerator({ path, skipTypeCheck: true });
const validators = {};
for (const [type, file] of process.argv.slice(2).map((pair) => pair.split('='))) {
    validators[type] ??= new Ajv({ allErrors: true, strict: false }).compile(generator.createSchema(type));
    if (validators[type](JSON.parse(fs.readFileSync(file, 'utf8')))) {
        console.log(`${file}: is a ${type}`);
        continue;
    }
    process.exitCode = 1;
    for (const e of validators[type].errors) {
        console.log(`${file}: ${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`);
    }
}
