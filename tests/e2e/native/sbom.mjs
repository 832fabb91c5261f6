// Bills of materials: both formats are valid by their own projects' validators, and name the packages that syft names.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { find, must } from "../tools/commands.mjs";
import { scratch } from "../tools/engines.mjs";
import { image } from "../tools/images.mjs";
import { askFor, inspect } from "../tools/lamina.mjs";
import { skip } from "../tools/ring.mjs";
import { syftPackages } from "../tools/syft.mjs";
import { layerOf, write } from "../tools/written.mjs";

const library = fileURLToPath(new URL("../../../.tools/peers/python", import.meta.url));

const VALIDATORS = {
  spdx: [
    "import sys",
    "from spdx_tools.spdx.parser.parse_anything import parse_file",
    "from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document",
    "wrong = validate_full_spdx_document(parse_file(sys.argv[1]))",
    "sys.exit('\\n'.join(one.validation_message for one in wrong[:5]) or 0)",
  ],
  cyclonedx: [
    "import sys",
    "from cyclonedx.schema import SchemaVersion",
    "from cyclonedx.validation.json import JsonStrictValidator",
    "wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read())",
    "sys.exit(str(wrong) if wrong else 0)",
  ],
};

async function validate(format, text) {
  const python = find("python3") ?? skip("no python3 on PATH");
  if (!existsSync(library)) skip("no validators in .tools (scripts/setup-peers)");
  const folder = await scratch();
  try {
    const file = join(folder, `sbom.${format === "spdx" ? "spdx" : "cdx"}.json`);
    await writeFile(file, text);
    await must(python, ["-c", VALIDATORS[format].join("\n"), file], { env: { PYTHONPATH: library } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const sbomOf = async (format, archive) => (await askFor(0, ["sbom", "--format", format, archive])).stdout;

/** Packages of all kinds that need no tool, with texts that a format has to bear. */
const ODD = () => write("sbom-odd.oci.tar", {
  layers: [
    layerOf(
      { name: "app/package.json", content: JSON.stringify({ name: "@demo/app", version: "1.0.0+build", license: "SEE LICENSE IN <x>" }) },
      { name: "lib/a-1.dist-info/METADATA", content: "Name: a_B\nVersion: 1!2.0\nLicense: MIT AND \"quoted\" \u{1F4E6}\n" },
      { name: "lib/b-1.dist-info/METADATA", content: "Name: b\nVersion: 1\nLicense: MIT\n" },
    ),
    layerOf({ name: "lib/c-1.dist-info/METADATA", content: "Name: c\nVersion: 1\n" }),
  ],
  name: "1",
});

export async function testSbom(ring) {
  for (const format of ["spdx", "cyclonedx"]) {
    await ring.test(`a bill of materials in ${format} is valid, the same each time, and names what is installed`, async () => {
      for (const archive of [image("debian/debian.docker.tar"), await ODD()]) {
        const text = await sbomOf(format, archive);
        assert.equal(await sbomOf(format, archive), text);
        await validate(format, text);
        const document = JSON.parse(text);
        const told = format === "spdx" ? document.packages.slice(1).map((one) => `${one.name} ${one.versionInfo}`) : document.components.map((one) => `${one.name} ${one.version}`);
        const { packages } = (await inspect(archive)).images[0].packages;
        assert.deepEqual(told, packages.filter((one) => one.installed !== false).map((one) => `${one.name} ${one.version}`));
      }
    }, { seconds: 600 });
  }

  await ring.test("addresses of a real Debian's packages in a bill of materials are those of syft", async () => {
    const archive = image("debian/debian.docker.tar");
    const bare = (purl) => decodeURIComponent(purl.split("?")[0]);
    const ours = JSON.parse(await sbomOf("cyclonedx", archive)).components.filter(({ purl }) => purl.startsWith("pkg:deb/")).map(({ purl }) => bare(purl));
    const theirs = (await syftPackages(archive)).filter(({ type }) => type === "deb").map(({ purl }) => bare(purl));
    assert.ok(ours.length > 90, `${ours.length} packages`);
    assert.deepEqual(ours.sort(), theirs.sort());
  }, { seconds: 600 });
}
