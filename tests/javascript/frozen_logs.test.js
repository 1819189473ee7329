/** Does each page say and show what it did, whatever its visitor does? `frozen_logs.js` keeps a change that is meant. */

import assert from "node:assert/strict"
import { test } from "node:test"
import { difference, kept, logs } from "./frozen_logs.js"

const before = kept()

for (const [name, see] of Object.entries(logs)) {
    test(`${name}: as before`, async () => assert.equal(difference(before[name], await see()), ""))
}
