// A second image on the same base, from a real registry: which of the layers that both have are downloaded again.

import { startProxy, startRegistry, push } from "../../tests/e2e/tools/registry.mjs";
import { inLayers } from "../cases.mjs";
import { image } from "./images.mjs";
import { withPage } from "./page.mjs";

/** How many shared layers the registry was asked for a second time; undefined where there is no registry or no skopeo. */
export async function sharedLayers(origin) {
  const [one, two] = [await image("shared-one", () => inLayers(4_000, 4)), await image("shared-two", () => [...inLayers(4_000, 4).slice(0, 3), ...inLayers(400, 1)])];
  const registry = await startRegistry().catch((problem) => console.log(`  no registry: ${problem.message}`));
  if (!registry) return undefined;
  const proxy = await startProxy(registry, { uncached: true });
  try {
    for (const { name, layout } of [one, two]) await push(registry, `oci:${layout}`, `bench/${name}:1`);
    return await withPage(origin, async ({ lamina }) => {
      const open = async ({ name, layers }) => {
        await lamina.goto("#/");
        await lamina.openAddress(`http://${proxy.host}/bench/${name}:1`);
        await lamina.verified();
        const asked = new Set(proxy.takeBlobs());
        return layers.filter(({ digest }) => asked.has(digest)).map(({ digest }) => digest);
      };
      const [first, second] = [await open(one), await open(two)];
      if (first.length !== one.layers.length || second.length === 0) throw new Error("the registry was not asked for the layers");
      return second.filter((digest) => first.includes(digest)).length;
    });
  } finally {
    await proxy.stop();
    await registry.stop();
  }
}
