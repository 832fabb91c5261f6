// The page as its users know it: every selector of the end-to-end tests is in this file, by role and visible text.

import { readFile } from "node:fs/promises";

/** What the page says, in English; change these where the page's words change. */
export const WORDS = {
  address: "Registry, repository or image",
  sample: /Look at the sample/,
  /** Nothing is wrong: each layer was read and proved now, or is known from before. */
  verified: /^((All [\d,]+ layers|1 layer) (verified|known, not read)|[\d,]+ of [\d,]+ layers verified, )/,
  proved: /^(All [\d,]+ layers|1 layer) verified/,
  known: "Known, not read",
  allKnown: /^(All [\d,]+ layers|1 layer) known, not read/,
  engines: "Container engines make something else of this image",
  incomplete: /^Layer \d+ is incomplete/,
  verifyNow: "Verify now",
  unclaimed: /nothing to check/,
  tree: "Files of the image",
  panel: "About the chosen path",
  content: "Content",
  export: /^(Export|Saving…)$/,
  listing: /^Listing/,
  full: /^Full listing/,
  report: /^Report/,
  config: /^Config/,
  manifest: /^Manifest/,
  saveImage: /^Image or layer/,
  saveAs: "Save as",
  saveNames: "Names",
  save: "Save",
  saveDirectory: "Save as tar",
  repositories: "Registry",
  tags: "Repository",
  layers: "Layers",
  findByName: "Find by name",
  hits: "Hits",
  overview: "Overview",
  files: "Files",
  raw: "Raw",
  findings: "Findings",
  about: "About this image",
  space: "Space",
  system: "System",
  packages: "Packages",
  secrets: "Secrets",
  dead: "Dead bytes",
  repeated: "Paths with several copies",
  nothingDead: "Nothing is dead: the final file system has every file that the layers store.",
  retry: "Try again",
  cancel: "Cancel",
  stop: "Stop",
  again: "Read again",
  higher: /^Read on with a higher limit/,
  restarted: /The reader stopped and was started again/,
  readerStopped: /The reader of one layer stopped/,
  startContainer: "Start a container layer",
  containerLayer: "Container layer",
  containerChanges: "What the container changed",
  notSaved: "Not saved",
  keptUnsaved: /^Not saved yet\. This browser keeps it/,
  keepHere: "Keep in this browser",
  discard: "Discard",
  newTab: "New tab",
  openTabs: "What is open",
  loadInto: "Load into an engine on this computer",
  localImages: "Images on this computer",
  recent: "Opened before",
  kept: "Kept in this browser",
  keepAtMost: "Keep at most",
  clear: "Clear",
  exists: "Known, not read",
  listed: "Listed from its table of contents, not verified",
  notVerified: "Not verified",
  readAndVerify: "Read and verify",
  openPush: "Push",
  startPush: "Push",
  pushAgain: /^Push again/,
  isPushed: "The image is in the registry.",
  signIn: "Sign in",
  linkAsks: "This link opens an image or registry",
  openLink: "Open",
  problems: {
    notAnImage: "This file is not a container image",
    truncated: "The file ends too early",
    unreachable: "The registry does not answer",
    cors: "The registry does not let this page read it",
    notFound: "There is nothing by this name",
    dockerHub: "Docker Hub cannot be read by a web page",
    notStarted: "The reader does not start",
  },
};

export class Lamina {
  constructor(page, origin) {
    this.page = page;
    this.origin = origin;
  }

  // Where one is ----------------------------------------------------------------------------------------------------

  /** Loads the page with what stands behind `#`. */
  async goto(hash = "#/") {
    await this.page.goto(this.origin + hash);
    await this.ready();
    if (/^#\/[^?]*[.:][^?]*\//.test(hash)) {
      await this.answerLink();
    }
  }

  /** A link to a registry that this browser has not opened asks first; one that it has does not. */
  async answerLink() {
    const asks = this.page.getByRole("heading", { name: WORDS.linkAsks });
    const hasAsked = await asks.waitFor({ timeout: 1_000 }).then(() => true, () => false);
    if (hasAsked) {
      await this.page.getByRole("main").getByRole("button", { name: WORDS.openLink, exact: true }).click();
    }
  }

  /** The page has drawn itself. */
  async ready() {
    await this.page.getByRole("tablist", { name: WORDS.openTabs }).or(this.page.getByRole("tablist", { name: "已打开的内容" })).first().waitFor();
  }

  hash = () => this.page.evaluate(() => decodeURIComponent(location.hash));

  // Opening -----------------------------------------------------------------------------------------------------------

  get addressField() {
    return this.page.getByRole("textbox", { name: WORDS.address });
  }

  /** The images of the engines on this machine, on the start page. */
  get engines() {
    return this.page.getByRole("region", { name: WORDS.localImages });
  }

  /** The button that opens one of them. */
  engineImage(name) {
    return this.engines.getByRole("button", { name: new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`) });
  }

  /** Types an address and presses Enter. */
  async openAddress(text) {
    await this.addressField.fill(text);
    await this.addressField.press("Enter");
  }

  /** Drops files or a folder as a person does: the browser reads the paths, the page gets a trusted event. */
  async drop(...files) {
    const cdp = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files, dragOperationsMask: 1 };
    const { width, height } = this.page.viewportSize();
    for (const type of ["dragEnter", "dragOver", "drop"]) {
      await cdp.send("Input.dispatchDragEvent", { type, x: width / 2, y: height / 2, data });
    }
    await cdp.detach();
  }

  /** Drops a file made in the page, from a script: what works in every browser. */
  async dropFromScript(name, base64) {
    await this.page.evaluate(
      ([name, base64]) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], name));
        const target = document.querySelector("main");
        for (const type of ["dragenter", "dragover", "drop"]) {
          target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }));
        }
      },
      [name, base64],
    );
  }

  /** Chooses a file by the button. */
  async chooseFile(file) {
    const chooser = this.page.waitForEvent("filechooser");
    await this.page.getByRole("button", { name: "Choose a file" }).click();
    await (await chooser).setFiles(file);
  }

  /** Chooses a folder by the button. */
  async chooseFolder(folder) {
    const chooser = this.page.waitForEvent("filechooser");
    await this.page.getByRole("button", { name: "Choose a folder" }).click();
    await (await chooser).setFiles(folder);
  }

  // Registry, repository, archive ---------------------------------------------------------------------------------

  repository = (name) => this.page.getByRole("list", { name: WORDS.repositories }).getByRole("link", { name, exact: true });
  tag = (name) => this.page.getByRole("list", { name: WORDS.tags }).getByRole("link", { name, exact: true });
  names = (list) => this.page.getByRole("list", { name: list }).getByRole("link").allInnerTexts();

  /** An image in an archive of several, by one of its names. */
  foundImage = (name) => this.page.getByRole("main").getByRole("button", { name });

  // Image -------------------------------------------------------------------------------------------------------------

  /** The image's header. */
  get header() {
    return this.page.locator("main header:visible").first();
  }

  /** Waits until every layer is verified, and goes from the Overview, on which an image opens, to its files. */
  async verified({ seconds = 60, stays = false } = {}) {
    await this.header.getByText(WORDS.verified).first().waitFor({ timeout: seconds * 1000 });
    await this.atRest();
    if (!stays) await this.leaveOverview();
  }

  /** Goes to the files if the Overview is shown, as somebody does who came for them. */
  async leaveOverview() {
    const overview = this.part(WORDS.overview).and(this.page.locator("[aria-selected=true]"));
    if (await overview.first().isVisible()) await this.part(WORDS.files).click();
  }

  /** What the Overview tells about the image: names, digests, author, message. */
  async about() {
    await this.part(WORDS.overview).click();
    return this.page.getByRole("region", { name: WORDS.about }).innerText();
  }

  /** Waits until all that was read is kept as well, which is a moment after it is shown. */
  async atRest() {
    await this.header.locator("[aria-busy=true]").waitFor({ state: "detached" });
  }

  /** Waits until all layers have been read, whatever the verdict is. */
  async read({ seconds = 60, stays = false } = {}) {
    await this.header.getByText(/verified|known, not read|mismatch|damaged|incomplete|cannot be read|nothing to check|stopped at a limit|left out/).first().waitFor({ timeout: seconds * 1000 });
    // The header tells of trouble at once, while other layers are still read.
    const open = this.page.getByRole("list", { name: WORDS.layers }).getByText(/^(Waiting|Reading|Downloading|Extracting|Verifying)$/);
    await open.first().waitFor({ state: "detached", timeout: seconds * 1000 });
    if (!stays) await this.leaveOverview();
  }

  /** The text that one line of the Export menu saves. */
  async export(line) {
    await this.page.getByRole("button", { name: WORDS.export }).click();
    const download = this.page.waitForEvent("download");
    await this.page.getByRole("menuitem", { name: line }).click();
    return this.downloaded(await download);
  }

  /** The form that saves the image or a part of it. */
  get saveForm() {
    return this.page.getByRole("form", { name: "Image or layer…" });
  }

  /** Opens the form by the Export menu, fills it in, and saves; `choice` is an option's value. */
  async save(choice, names) {
    await this.page.getByRole("button", { name: WORDS.export }).click();
    await this.page.getByRole("menuitem", { name: WORDS.saveImage }).click();
    await this.saveForm.getByLabel(WORDS.saveAs).selectOption(choice);
    if (names !== undefined) await this.saveForm.getByLabel(WORDS.saveNames).fill(names);
    await this.saveForm.getByRole("button", { name: WORDS.save, exact: true }).click();
  }

  async downloaded(download) {
    return readFile(await download.path(), "utf8");
  }

  // Pushing -----------------------------------------------------------------------------------------------------------

  async openPushDialog() {
    await this.header.getByRole("button", { name: WORDS.openPush, exact: true }).click();
  }

  /** The part of the dialog that loads the image into an engine of this machine. */
  get loadInto() {
    return this.page.getByRole("dialog").getByRole("region", { name: WORDS.loadInto });
  }

  /** Opens the dialog, and pushes the image to a place. */
  async push(target, tags = "") {
    await this.openPushDialog();
    const dialog = this.page.getByRole("dialog");
    await dialog.getByLabel("To", { exact: true }).fill(target);
    await dialog.getByLabel("More tags").fill(tags);
    await dialog.getByRole("button", { name: WORDS.startPush, exact: true }).click();
  }

  /** The image has arrived. */
  async pushed({ seconds = 60 } = {}) {
    await this.page.getByRole("dialog").getByText(WORDS.isPushed).waitFor({ timeout: seconds * 1000 });
  }

  /** The rate at which the push that has just ended compressed layers, as the dialog shows it; undefined where it compressed none. */
  async compressingRate() {
    const line = this.page.getByRole("dialog").getByText(/^Compressed for it/);
    return (await line.count()) ? (await line.innerText()).split(" · ")[1] : undefined;
  }

  /** Fills in the form that asks for a name and a password; Enter sends it. */
  async signIn(name, password) {
    const form = this.page.getByRole("form", { name: WORDS.signIn });
    await form.getByLabel("Name").fill(name);
    const field = form.getByLabel(/^Password/);
    await field.fill(password);
    await field.press("Enter");
  }

  part = (name) => this.page.getByRole("tab", { name, exact: true });

  // Layers --------------------------------------------------------------------------------------------------------------

  layer = (number) => this.page.getByRole("list", { name: WORDS.layers }).getByRole("listitem").filter({ has: this.page.getByRole("button", { name: new RegExp(`^Layer ${number}: `) }) });
  pickLayer = (number) => this.page.getByRole("button", { name: new RegExp(`^Layer ${number}: `) });
  view = (name) => this.page.getByRole("button", { name, exact: true });

  // Tree ----------------------------------------------------------------------------------------------------------------

  get tree() {
    return this.page.getByRole("treegrid", { name: WORDS.tree });
  }

  /** A row by its first cell's name. */
  row = (name) => this.tree.getByRole("row").filter({ has: this.page.locator("bdi", { hasText: new RegExp(`^${escape(name)}$`) }) });

  /** Finds a name and goes to its first hit that ends with `path`. */
  async find(name, path = name) {
    await this.part(WORDS.files).click();
    const field = this.page.getByRole("combobox", { name: WORDS.findByName });
    await field.fill(name);
    await this.page.getByRole("listbox", { name: WORDS.hits }).getByRole("option").filter({ hasText: path }).first().click();
  }

  /** A column's head, which sorts the tree. */
  column = (name) => this.tree.getByRole("columnheader", { name }).getByRole("button");

  /** The names of the rows that are drawn, in their order. */
  rowNames = () => this.tree.locator(".tree__name").allInnerTexts();

  get panel() {
    return this.page.getByRole("complementary", { name: WORDS.panel });
  }

  get content() {
    return this.panel.getByRole("region", { name: WORDS.content });
  }

  // Container layer -----------------------------------------------------------------------------------------------------

  get containerLayer() {
    return this.page.getByRole("region", { name: WORDS.containerLayer });
  }

  async startContainer() {
    await this.page.getByRole("button", { name: WORDS.startContainer }).click();
    await this.containerLayer.waitFor();
  }

  /** Waits until the list of changes is this one, as `docker diff` prints it. */
  async changes(...expected) {
    const lines = this.containerLayer.getByRole("list", { name: WORDS.containerChanges }).getByRole("listitem");
    await lines.nth(expected.length - 1).waitFor();
    const read = () => lines.evaluateAll((items) => items.map((item) => `${item.querySelector("[aria-hidden]").textContent} ${item.querySelector("bdi").textContent}`));
    const deadline = Date.now() + 15_000;
    while (JSON.stringify(await read()) !== JSON.stringify(expected)) {
      if (Date.now() > deadline) throw new Error(`the changes are ${JSON.stringify(await read())}, not ${JSON.stringify(expected)}`);
      await this.page.waitForTimeout(50);
    }
  }

  /** What edits the tree. */
  tool = (name) => this.page.getByRole("group", { name: "Edit the files" }).getByRole("button", { name, exact: true });

  /** A field of the form that edits. */
  editField = (name) => this.page.getByRole("group", { name: "Edit the files" }).getByRole("form").getByLabel(name, { exact: true });

  get editor() {
    return this.page.locator("lamina-editor");
  }

  /** Types into the text editor. */
  async editorText(text, { at }) {
    await this.editor.getByRole("textbox").click();
    await this.page.keyboard.press(at);
    await this.page.keyboard.type(text);
  }

  /** Drops files on an element, as a person does. */
  async dropOn(element, ...files) {
    const box = await element.boundingBox();
    const cdp = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files, dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) {
      await cdp.send("Input.dispatchDragEvent", { type, x: box.x + 60, y: box.y + box.height / 2, data });
    }
    await cdp.detach();
  }

  // Space ---------------------------------------------------------------------------------------------------------------

  /** A headline figure by what it is called. */
  figure = (name) => this.page.getByRole("main").locator("dl div").filter({ has: this.page.locator("dt", { hasText: new RegExp(`^${escape(name)}$`) }) }).locator("dd").first();

  /** The cells of a table's row, by the path in it. */
  spaceRow = (table, path) => this.page.getByRole("region", { name: table }).getByRole("row").filter({ has: this.page.getByRole("button", { name: path, exact: true }) });

  // Storage -------------------------------------------------------------------------------------------------------------

  /** The section of the start page that says what is kept. */
  get kept() {
    return this.page.getByRole("region", { name: WORDS.kept });
  }

  // Tabs ----------------------------------------------------------------------------------------------------------------

  get openTabs() {
    return this.page.getByRole("tablist", { name: WORDS.openTabs }).getByRole("tab");
  }

  // The worker ----------------------------------------------------------------------------------------------------------

  /** The page's workers by what they are for: one `engine`, and the `reader`s and `hasher`s that it started. */
  async workers(role) {
    const named = this.page.workers().map(async (worker) => ({ worker, name: await worker.evaluate(() => self.name).catch(() => "") }));
    return (await Promise.all(named)).filter(({ name }) => name === role).map(({ worker }) => worker);
  }

  /** What the page says when a worker died. */
  get banner() {
    return this.page.locator(".banner");
  }

  // Problems ----------------------------------------------------------------------------------------------------------

  /** A failure that fills the page, by its title. */
  problem = (title) => this.page.getByRole("heading", { level: 1, name: title });

  /** What the page says, all of what is seen. */
  seen = () => this.page.locator("body").innerText();
}

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
