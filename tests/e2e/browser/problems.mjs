// (d) and the helpful pages: what cannot be opened says why and what to do, and what was open stays open.

import assert from "node:assert/strict";

import { closedPort } from "../tools/commands.mjs";
import { NOT_IMAGES, image, json } from "../tools/images.mjs";
import { startProxy, startClosedRegistry, push } from "../tools/registry.mjs";
import { WORDS } from "../page.mjs";

const { problems } = WORDS;

/** What every problem page has: a cause, a way out, the exact message. */
async function mustHelp(page) {
  for (const heading of ["Likely cause", "What to do"]) await page.getByRole("heading", { name: heading }).waitFor();
  await page.getByText("Exact message").waitFor();
}

export async function testProblems(test, registry) {
  for (const [kind, path] of [["oci", "damaged/flipped.oci.tar"], ["docker", "damaged/flipped.docker.tar"]]) {
    await test(`(d) a damaged layer is shown as such with both digests, the rest still opens: ${kind}`, async (lamina) => {
      const { layer, stated, actual } = json("damaged/damaged.json")[kind];
      await lamina.drop(image(path));
      await lamina.read();
      assert.doesNotMatch(await lamina.header.innerText(), WORDS.verified);
      const row = lamina.layer(layer);
      await row.getByText(stated).first().waitFor();
      await row.getByText(actual).first().waitFor();
      await lamina.layer(layer + 1).getByText("Verified").first().waitFor();
      await lamina.find("greeting", "etc/greeting");
      await lamina.content.getByText("hello, world").waitFor();
    });
  }

  for (const path of ["damaged/truncated.docker.tar", "damaged/truncated.docker.tar.gz"]) {
    await test(`a truncated archive says that it is cut off, and is never called verified: ${path}`, async (lamina, page) => {
      await lamina.drop(image(path));
      await page.getByText(/cut off|ends too early|breaks off/).first().waitFor();
      assert.doesNotMatch(await lamina.seen(), /layers? verified/);
    });
  }

  await test("a configuration that is no JSON is told in the header, whatever the layers prove", async (lamina) => {
    await lamina.drop(image("damaged/config.oci.tar"));
    await lamina.read();
    await lamina.header.getByText("Image damaged").waitFor();
    await lamina.header.getByText(/^The configuration cannot be read/).waitFor();
    assert.doesNotMatch(await lamina.header.innerText(), /layers? verified/);
  });

  for (const { name, path } of NOT_IMAGES) {
    await test(`a wrong file gets a helpful page, and what was open stays: ${name}`, async (lamina, page) => {
      await lamina.drop(image("app/app.docker.tar"));
      await lamina.verified();
      await lamina.drop(image(path));
      await lamina.problem(problems.notAnImage).or(lamina.problem(problems.truncated)).waitFor();
      await mustHelp(page);
      await page.getByText(path.split("/").at(-1)).first().waitFor();
      await lamina.openTabs.filter({ hasText: "lamina-e2e/app:1.0" }).first().click();
      await lamina.header.getByText(WORDS.verified).first().waitFor();
    });
  }

  const loopback = { includes: (host) => host.startsWith("127.0.0.1:") };
  const beside = async (lamina, address, title) => {
    await lamina.drop(image("app/app.docker.tar"));
    await lamina.verified();
    await lamina.openAddress(address);
    await lamina.problem(title).waitFor();
    await mustHelp(lamina.page);
    await lamina.openTabs.filter({ hasText: "lamina-e2e/app:1.0" }).first().click();
    await lamina.header.getByText(WORDS.verified).first().waitFor();
  };

  await test("an unreachable registry gets a helpful page, and what was open stays", async (lamina) => {
    await beside(lamina, `127.0.0.1:${await closedPort()}/lamina-e2e/app:1.0`, problems.unreachable);
  }, { hosts: loopback });

  await test("a registry without CORS headers gets a page with the lines that its configuration needs, and what was open stays", async (lamina, page) => {
    const closed = await startClosedRegistry();
    try {
      await push(closed, `docker-archive:${image("app/app.docker.tar")}`, "lamina-e2e/app:1.0", "--format", "v2s2");
      await beside(lamina, `${closed.host}/lamina-e2e/app:1.0`, problems.cors);
      await lamina.openTabs.last().click();
      await page.getByText("Access-Control-Allow-Origin").first().waitFor();
      await page.getByText(/use this page as a browser extension/).waitFor();
      assert.equal(await page.getByRole("button", { name: /Allow this extension/ }).count(), 0);
    } finally {
      await closed.stop();
    }
  }, { hosts: loopback });

  await test("a Docker Hub name says at once that Docker Hub sends no CORS headers, asks it nothing, and gives the commands that help", async (lamina, page) => {
    await lamina.openAddress("alpine:3.20");
    await lamina.problem(problems.dockerHub).waitFor();
    await page.getByText(/docker save/).first().waitFor();
  });

  await test("what is no address gets a helpful page", async (lamina, page) => {
    await lamina.openAddress("Not An Address");
    await lamina.problem("This is not an address of an image").waitFor();
    await page.getByText("Not An Address").first().waitFor();
  });

  if (!registry) return;

  await test("a tag that is not there gets a helpful page, and what was open stays", async (lamina) => {
    await beside(lamina, `${registry.host}/lamina-e2e/app:none`, problems.notFound);
  }, { hosts: loopback });

  await test("a repository that is not there gets a helpful page", async (lamina) => {
    await lamina.openAddress(`${registry.host}/lamina-e2e/none:1.0`);
    await lamina.problem(problems.notFound).waitFor();
  }, { hosts: loopback });

  await test("(d) a layer that a proxy damages on the way is a mismatch, and the rest still opens", async (lamina) => {
    const [layer] = await layersOf(registry);
    const proxy = await startProxy(registry, { damage: layer.digest });
    try {
      await lamina.openAddress(`${proxy.host}/lamina-e2e/app:1.0`);
      await lamina.read();
      await lamina.layer(0).getByText(layer.digest).first().waitFor();
      await lamina.layer(1).getByText("Verified").first().waitFor();
      await lamina.find("greeting", "etc/greeting");
      await lamina.content.getByText("hello, world").waitFor();
    } finally {
      await proxy.stop();
    }
  }, { hosts: loopback });

  await test("GZ-07 a layer that the browser decompresses, as a proxy told it to, is given up past its size, and the others are shown", async (lamina) => {
    const [layer] = await layersOf(registry);
    const proxy = await startProxy(registry, { encoded: layer.digest });
    try {
      await lamina.openAddress(`${proxy.host}/lamina-e2e/app:1.0`);
      await lamina.read();
      assert.doesNotMatch(await lamina.header.innerText(), WORDS.verified);
      await lamina.layer(0).getByText(`it goes on past the ${layer.size} bytes that are stated of it`).first().waitFor();
      await lamina.layer(0).getByText(/something on the way, such as a proxy, may have decompressed it/).first().waitFor();
      await lamina.layer(1).getByText("Verified").first().waitFor();
    } finally {
      await proxy.stop();
    }
  }, { hosts: loopback });
}

async function layersOf(registry) {
  const accept = "application/vnd.docker.distribution.manifest.v2+json";
  const answer = await fetch(`http://${registry.host}/v2/lamina-e2e/app/manifests/1.0`, { headers: { accept } });
  return (await answer.json()).layers;
}
