// Dockerfiles rebuilt from real histories: the lines are those that built the image, but for what a history does not hold.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { image } from "../tools/images.mjs";
import { askFor } from "../tools/lamina.mjs";

// For each file, the lines that cannot come back as they were, in order: as typed, by Docker's classic builder, and by
// buildah where that is another. Sources of copies are hashed, and their stages and owners may be lost.
const CASES = {
  service: [
    ["COPY site ./site", "COPY <directory> ./site"],
    ["ADD data.tar.gz /data/", "ADD <file or archive> /data/"],
    ["EXPOSE 80 443/udp", "EXPOSE 443/udp 80", "EXPOSE 80 443/udp"],
  ],
  stages: [
    ["COPY --from=build /out/tool /usr/bin/tool", "COPY <file> /usr/bin/tool"],
    ["COPY --chown=app:app --from=build /out /opt/out", "COPY --chown=app:app <directory> /opt/out", "COPY <directory> /opt/out"],
  ],
  arguments: [
    ["ARG VERSION=1.2", "ARG VERSION=1.2", "ARG VERSION"],
    ["ARG EMPTY", "ARG EMPTY", "# no instruction is recorded: ARG VERSION"],
    ['ARG CHANNEL="beta channel"', 'ARG CHANNEL="beta channel"', "ARG CHANNEL"],
    ['RUN ["/bin/echo", "exec form", "two"]', 'RUN ["/bin/echo", "exec", "form", "two"]', 'RUN ["/bin/echo", "exec form", "two"]'],
  ],
  scratch: [
    ["COPY one /renamed", "COPY <file> /renamed"],
    ["ENV B two words", 'ENV B="two words"', "ENV B two words"],
    [`LABEL "com.example.key"="a b" other='c"d'`, 'LABEL com.example.key="a b" other="c\\"d"', `LABEL com.example.key="a b" other='c"d'`],
  ],
  paths: [
    ["ADD . /app", "ADD <directory> /app"],
    ["WORKDIR app", "WORKDIR /app", "WORKDIR app"],
    ["WORKDIR sub", "WORKDIR /app/sub", "WORKDIR sub"],
  ],
  shells: [
    ["COPY --chown=1000:1000 start /usr/local/bin/start", "COPY --chown=1000:1000 <file> /usr/local/bin/start", "COPY <file> /usr/local/bin/start"],
  ],
};

/** The instructions of a Dockerfile's last stage, a line each, without comments. */
async function typed(name) {
  const file = fileURLToPath(new URL(`../images/dockerfiles/${name}/Dockerfile`, import.meta.url));
  const text = (await readFile(file, "utf8")).replace(/^\s*#.*\n/gm, "").replaceAll("\\\n", "");
  const lines = text.trimEnd().split("\n");
  return lines.slice(lines.findLastIndex((line) => line.startsWith("FROM ")) + 1);
}

async function rebuilt(archive) {
  const { stdout } = await askFor(0, ["dockerfile", archive]);
  const lines = stdout.trimEnd().split("\n");
  const from = lines.findIndex((line) => line.startsWith("FROM "));
  return { from: lines[from], lines: lines.slice(from + 1) };
}

export async function testDockerfiles(ring) {
  for (const [name, differing] of Object.entries(CASES)) {
    for (const builder of ["classic", "buildah"]) {
      await ring.test(`a Dockerfile comes back from the history: ${name}, by ${builder}`, async () => {
        const { from, lines } = await rebuilt(image(`dockerfiles/${name}.${builder}.tar`));
        const hasBase = name !== "scratch";
        assert.equal(from, builder === "buildah" && hasBase ? "FROM localhost/base:1" : "FROM scratch");
        // Docker's history does not tell where the base image ends: it has one step here.
        if (builder === "classic" && hasBase) assert.equal(lines.shift(), "# no instruction is recorded: Imported from -");
        const left = [...differing];
        const expected = (await typed(name)).map((line) => {
          if (line !== left[0]?.[0]) return line;
          const [, classic, buildah = classic] = left.shift();
          return builder === "classic" ? classic : buildah;
        });
        assert.deepEqual(left, [], "a line that differs is none of the file");
        assert.deepEqual(lines, expected);
      });
    }
  }
}
