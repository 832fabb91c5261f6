# The doors to scripts/: each target is one script, which can be run by itself as well.
.PHONY: run dev test check bench fuzz oracles extension

# Installs what is missing, builds page and command, serves the page on http://127.0.0.1:8080
run:
	@scripts/run

# The same with live reload on each change
dev:
	@scripts/dev

# Packs the built page as a browser extension: target/extension/ and a zip of it
extension:
	@scripts/extension

# All rings: checks, native suites, the same in Chromium, the page, end to end
test:
	@scripts/test

# Format, lints, tidy, dependency bans, licences, the page's size
check:
	@scripts/check

# The page beside other tools on images of every shape; QUICK=1 for under five minutes
bench:
	@scripts/bench

# Fuzzes every target by cargo-fuzz, ten minutes each, two at a time; SECONDS_EACH=60 for less
fuzz:
	@scripts/fuzz --seconds $(or $(SECONDS_EACH),600)

# Random layers and documents, read by Go's readers and by Lamina, an hour for each; SECONDS=60 for less
oracles:
	@scripts/oracles $(or $(SECONDS),3600)
