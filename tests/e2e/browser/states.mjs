// Every state of the page, for axe-core in light and dark, and for pictures to look at in target/e2e-shots.

import { mkdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { closedPort } from "../tools/commands.mjs";
import { image } from "../tools/images.mjs";
import { startProxy, startClosedRegistry } from "../tools/registry.mjs";
import { layerOf, write, zeros } from "../tools/written.mjs";
import { artifact } from "./artifact.mjs";
import { hostileImage } from "./hostile.mjs";
import { WORDS } from "../page.mjs";

const shots = fileURLToPath(new URL("../../../target/e2e-shots", import.meta.url));
const WIDTHS = [1440, 1024, 390];
const loopback = { includes: (host) => host.startsWith("127.0.0.1:") };

/** Each state, and the way to it. */
function states(registry) {
  const dropped = (path) => (lamina) => lamina.drop(image(path)).then(() => lamina.read());
  const app = dropped("app/app.docker.tar");
  /** The page as an image opens it. */
  const opensOn = async (lamina, page) => {
    await lamina.drop(image("app/app.docker.tar"));
    await lamina.verified({ stays: true });
    await page.getByText(/of content/).first().waitFor();
  };
  const withPanel = async (lamina) => {
    await app(lamina);
    await lamina.find("greeting", "etc/greeting");
    await lamina.content.getByText("hello, world").waitFor();
  };
  /** A container layer in which a file and a directory are deleted. */
  const container = async (lamina, page) => {
    await app(lamina);
    await lamina.startContainer();
    for (const name of ["srv", "opt"]) {
      if ((await lamina.row(name).count()) === 0) continue;
      await lamina.row(name).click();
      await page.keyboard.press("Delete");
      await lamina.containerLayer.getByText(`/${name}`).first().waitFor();
    }
  };
  // Files of their own, since states are visited side by side.
  const stopped = (file) => async (lamina) => {
    await lamina.drop(await write(file, { layers: [layerOf({ name: "etc/motd" }), await zeros("bomb.bin", 1.2e9)], name: "bomb:1" }));
    await lamina.header.getByText("Layer 1: stopped at a limit").waitFor({ timeout: 60_000 });
  };
  const died = (file) => async (lamina) => {
    await lamina.drop(await write(file, { layers: [layerOf({ name: "etc/motd" }), await zeros("slow.bin", 1e9)], name: "victim:1" }));
    await lamina.layer(1).getByText(/^(Reading|Extracting)$/).first().waitFor();
    for (const reader of await lamina.workers("reader")) {
      await reader.evaluate(() => setTimeout(() => { throw new Error("forced by the test"); }));
    }
    await lamina.header.getByText("Layer 1: left out").waitFor({ timeout: 60_000 });
  };
  const part = (name) => async (lamina) => {
    await app(lamina);
    await lamina.part(name).click();
  };
  const sample = async (lamina, page, repository, tag) => {
    await page.getByRole("link", { name: WORDS.sample }).click();
    await lamina.repository(repository).click();
    await lamina.tag(tag).click();
    await lamina.verified();
    await lamina.part(WORDS.space).click();
  };
  const all = {
    "start": async () => {},
    "start with what was opened before": async (lamina, page) => {
      await app(lamina);
      await lamina.goto("#/");
      await page.reload();
      await page.getByRole("region", { name: WORDS.recent }).waitFor();
    },
    "guide": async (lamina, page) => {
      await lamina.goto("#guide");
      await page.getByRole("button", { name: "Check", exact: true }).waitFor();
    },
    "about": async (lamina, page) => {
      await page.getByRole("button", { name: "About Lamina" }).click();
    },
    "image": app,
    "overview": async (lamina, page) => {
      await opensOn(lamina, page);
    },
    "overview of an image with waste": async (lamina, page) => {
      await sample(lamina, page, "demo/app", "1.1-fixed");
      await lamina.part(WORDS.overview).click();
      await page.getByText(/of content/).first().waitFor();
    },
    "中文 overview": async (lamina, page) => {
      await opensOn(lamina, page);
      await page.getByRole("button", { name: "中文" }).click();
    },
    "overview of a damaged image": async (lamina, page) => {
      await lamina.drop(image("damaged/flipped.oci.tar"));
      await lamina.read({ stays: true });
      await page.getByRole("region", { name: WORDS.findings }).waitFor();
    },
    "box": async (lamina, page) => {
      await app(lamina);
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").getByRole("combobox").fill("greet");
      await page.getByRole("dialog").getByRole("option").nth(2).waitFor();
    },
    "中文 box with commands": async (lamina, page) => {
      await app(lamina);
      await page.getByRole("button", { name: "中文" }).click();
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").getByRole("combobox").fill(">");
      await page.getByRole("dialog").getByRole("option").nth(2).waitFor();
    },
    "dockerfile": async (lamina, page) => {
      await part("History")(lamina);
      await page.getByRole("button", { name: "Dockerfile", exact: true }).click();
      await page.getByRole("region", { name: "Dockerfile" }).waitFor();
    },
    "raw documents": async (lamina, page) => {
      await part(WORDS.raw)(lamina);
      await page.getByRole("region", { name: "Configuration" }).waitFor();
    },
    "中文 raw documents": async (lamina, page) => {
      await part(WORDS.raw)(lamina);
      await page.getByRole("button", { name: "中文" }).click();
    },
    "packages": async (lamina, page) => {
      await sample(lamina, page, "demo/app", "1.1-fixed");
      await lamina.part(WORDS.packages).click();
      await page.getByRole("region", { name: WORDS.packages }).waitFor();
    },
    "中文 packages": async (lamina, page) => {
      await sample(lamina, page, "demo/app", "1.1-fixed");
      await lamina.part(WORDS.packages).click();
      await page.getByRole("region", { name: WORDS.packages }).waitFor();
      await page.getByRole("button", { name: "中文" }).click();
    },
    "findings": async (lamina, page) => {
      await sample(lamina, page, "demo/app", "1.1-fixed");
      await lamina.part(WORDS.findings).click();
      await page.getByRole("region", { name: WORDS.secrets }).waitFor();
    },
    "中文 findings": async (lamina, page) => {
      await sample(lamina, page, "demo/app", "1.1-fixed");
      await lamina.part(WORDS.findings).click();
      await page.getByRole("region", { name: WORDS.secrets }).waitFor();
      await page.getByRole("button", { name: "中文" }).click();
    },
    "keys": async (lamina, page) => {
      await page.keyboard.press("?");
      await page.getByText("Show or hide these keys").waitFor();
    },
    "artifact": async (lamina, page) => {
      await lamina.drop(await artifact());
      await page.getByText("an artifact of type").waitFor();
    },
    "image with a path's panel": withPanel,
    "image with a picture": async (lamina) => {
      await app(lamina);
      await lamina.find("picture.png", "srv/site/pictures/picture.png");
      await lamina.content.getByRole("img").first().waitFor();
    },
    "image with hex": async (lamina) => {
      await app(lamina);
      await lamina.find("moved.bin", "usr/share/doc/greet/moved.bin");
      await lamina.content.getByRole("button", { name: "Hex" }).waitFor();
    },
    "a layer's changes": async (lamina) => {
      await app(lamina);
      await lamina.pickLayer(8).click();
      await lamina.row("etc").waitFor();
    },
    "a layer's details": async (lamina, page) => {
      await app(lamina);
      await page.getByRole("button", { name: "Details of layer 8" }).click();
    },
    "search by name": async (lamina, page) => {
      await app(lamina);
      await page.getByRole("combobox", { name: WORDS.findByName }).fill("lib");
      await page.getByRole("option").first().waitFor();
    },
    "export menu": async (lamina, page) => {
      await app(lamina);
      await page.getByRole("button", { name: WORDS.export }).click();
      await page.getByRole("menuitem").first().waitFor();
    },
    "container layer": async (lamina, page) => {
      await container(lamina, page);
      await lamina.row("etc").click();
      await lamina.tool("New symbolic link").click();
      await lamina.editField("Name").fill(".wh.x");
    },
    "text editor": async (lamina, page) => {
      await container(lamina, page);
      await lamina.find("greeting", "etc/greeting");
      // The key acts on the row that is selected, which comes a moment after the hit is chosen.
      await lamina.content.getByText("hello, world").waitFor();
      await page.keyboard.press("F4");
      await lamina.editorText("hello again\n", { at: "Control+End" });
      await page.keyboard.press("Control+f");
      await lamina.editor.getByRole("textbox", { name: "Find" }).fill("hello");
    },
    "diff": async (lamina, page) => {
      await container(lamina, page);
      await lamina.find("greeting", "etc/greeting");
      // The key acts on the row that is selected, which comes a moment after the hit is chosen.
      await lamina.content.getByText("hello, world").waitFor();
      await page.keyboard.press("F4");
      await lamina.editorText("hello again\n", { at: "Control+End" });
      await page.keyboard.press("Control+s");
      await lamina.containerLayer.getByText("/etc/greeting").waitFor();
      await lamina.part("Diff").click();
      await page.getByRole("button", { name: /^Compare/ }).first().click();
      await page.locator(".hunk, .diff__note").first().waitFor();
    },
    "commit": async (lamina, page) => {
      await container(lamina, page);
      await lamina.part("Commit").click();
      await page.getByLabel("Message", { exact: true }).fill("why");
    },
    "throwing away": async (lamina, page) => {
      await container(lamina, page);
      await page.getByRole("button", { name: "Discard…" }).click();
    },
    "中文 container layer": async (lamina, page) => {
      await container(lamina, page);
      await page.getByRole("button", { name: "中文" }).click();
    },
    "中文 refused edit": async (lamina, page) => {
      await container(lamina, page);
      await lamina.row("etc").click();
      await lamina.tool("New directory").click();
      await lamina.editField("Name").fill("/etc");
      await lamina.editField("Name").press("Enter");
      await page.getByText("there is something already: /etc").waitFor();
      await page.getByRole("button", { name: "中文" }).click();
      await page.getByText("该路径已存在：/etc").waitFor();
    },
    "push to a closed port": async (lamina, page) => {
      await app(lamina);
      await lamina.push(`127.0.0.1:${await closedPort()}/team/app:1`);
      await page.getByRole("dialog").getByText(WORDS.problems.unreachable).waitFor();
    },
    "中文 commit": async (lamina, page) => {
      await container(lamina, page);
      await lamina.part("Commit").click();
      await page.getByRole("button", { name: "中文" }).click();
    },
    "configuration": part("Configuration"),
    "history": part("History"),
    "space": async (lamina, page) => {
      await sample(lamina, page, "demo/app", "1.1-fixed");
      await page.getByRole("region", { name: WORDS.dead }).waitFor();
    },
    "space without waste": async (lamina, page) => {
      await sample(lamina, page, "demo/base", "12");
      await page.getByText(WORDS.nothingDead).waitFor();
    },
    "tags and annotations": part("Tags and annotations"),
    "archive of several images": async (lamina, page) => {
      await lamina.drop(image("app/several.docker.tar"));
      await page.getByText("3 images").first().waitFor();
    },
    "damaged layer": dropped("damaged/flipped.oci.tar"),
    "layer stopped at a limit": stopped("bomb.oci.tar"),
    "中文 layer stopped at a limit": async (lamina, page) => {
      await stopped("bomb-zh.oci.tar")(lamina);
      await page.getByRole("button", { name: "中文" }).click();
    },
    "reader died and layer left out": died("victim.oci.tar"),
    "中文 reader died and layer left out": async (lamina, page) => {
      await died("victim-zh.oci.tar")(lamina);
      await page.getByRole("button", { name: "中文" }).click();
    },
    "reader does not start": async (lamina, page) => {
      await page.context().route(/_bg\.wasm$/, (route) => (route.request().url().includes("worker") ? route.abort() : route.continue()));
      await page.reload();
      await lamina.problem(WORDS.problems.notStarted).waitFor();
    },
    system: async (lamina, page) => {
      await sample(lamina, page, "demo/app", "1.1-fixed");
      await lamina.part(WORDS.system).click();
      await page.getByRole("heading", { name: "Root file system" }).waitFor();
    },
    "hostile names": async (lamina, page) => {
      await lamina.drop(await hostileImage());
      await lamina.layer(1).getByText("Verified").first().waitFor();
      await lamina.leaveOverview();
      await page.locator(".tree__name").first().waitFor();
    },
    "wrong file": async (lamina) => {
      await lamina.drop(image("damaged/letter.txt"));
      await lamina.problem(WORDS.problems.notAnImage).waitFor();
    },
    "file wanted again": async (lamina, page) => {
      await lamina.chooseFile(image("app/app.docker.tar"));
      await lamina.verified();
      await page.reload();
      await page.getByRole("button", { name: "Choose a file" }).waitFor();
    },
    "unreachable registry": async (lamina) => {
      await lamina.openAddress(`127.0.0.1:${await closedPort()}`);
      await lamina.problem(WORDS.problems.unreachable).waitFor();
    },
    "registry without CORS headers": async (lamina) => {
      const closed = await startClosedRegistry();
      await lamina.openAddress(closed.host);
      await lamina.problem(WORDS.problems.cors).waitFor().finally(closed.stop);
    },
    "Docker Hub": async (lamina) => {
      await lamina.openAddress("alpine:3.20");
      await lamina.problem(WORDS.problems.dockerHub).waitFor();
    },
    "中文 start": async (lamina, page) => {
      await page.getByRole("button", { name: "中文" }).click();
    },
    "中文 space": async (lamina, page) => {
      await sample(lamina, page, "demo/app", "1.1-fixed");
      await page.getByRole("button", { name: "中文" }).click();
    },
    "中文 image": async (lamina, page) => {
      await withPanel(lamina);
      await page.getByRole("button", { name: "中文" }).click();
    },
  };
  if (registry) {
    Object.assign(all, {
      "registry": async (lamina) => {
        await lamina.openAddress(registry.host);
        await lamina.repository("lamina-e2e/app").waitFor();
      },
      "repository": async (lamina) => {
        await lamina.openAddress(`${registry.host}/lamina-e2e/app`);
        await lamina.tag("1.0").waitFor();
      },
      "pushed": async (lamina) => {
        await app(lamina);
        await lamina.push(`${registry.host}/pushed/states:1`, "latest");
        await lamina.pushed();
      },
      "tag not found": async (lamina) => {
        await lamina.openAddress(`${registry.host}/lamina-e2e/app:none`);
        await lamina.problem(WORDS.problems.notFound).waitFor();
      },
      "layers on their way": async (lamina, page) => {
        const proxy = await startProxy(registry, { bytesPerSecond: 20_000 });
        await lamina.openAddress(`${proxy.host}/lamina-e2e/app:1.0`);
        await page.getByText(/[\d.]+ [kM]B \/ [\d.]+ [kM]B/).first().waitFor();
        page.context().once("close", () => proxy.stop());
      },
    });
  }
  return all;
}

export async function testStates(test, registry, { takesPictures }) {
  if (takesPictures) {
    await rm(shots, { recursive: true, force: true });
    await mkdir(shots, { recursive: true });
  }
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const check = async ([name, go]) => {
    await test(`axe-core finds nothing serious, light and dark, wide and narrow: ${name}`, async (lamina, page) => {
      await go(lamina, page);
      const found = [];
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
          await page.waitForTimeout(150);
          if (takesPictures) await page.screenshot({ path: join(shots, `${name.replace(/[^\p{L}\d]+/gu, "-")}-${width}-${colorScheme}.png`) });
          if (width !== 1024) found.push(...(await seriousIn(page, axe)).map((what) => `${colorScheme}, ${width} px: ${what}`));
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          if (overflow > 0) found.push(`${width} px: the page is ${overflow} px wider than the window`);
        }
      }
      if (found.length) throw new Error([...new Set(found)].join("\n"));
    }, { hosts: loopback, expects: /forced by the test|Failed to fetch|NetworkError|TypeError/ });
  };
  // Two at a time: each waits more than it works.
  const left = Object.entries(states(registry));
  const lane = async () => {
    while (left.length) await check(left.shift());
  };
  await Promise.all([lane(), lane()]);
}

/** Violations of axe-core that are serious or critical, each with where it is. */
async function seriousIn(page, axe) {
  if (!(await page.evaluate(() => "axe" in window))) {
    // By the debugger: the page's policy admits no script from elsewhere, and stays as it is.
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Runtime.evaluate", { expression: axe });
    await cdp.detach();
  }
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id} (${help}): ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}
