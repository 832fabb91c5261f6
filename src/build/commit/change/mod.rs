//! Applies the instructions of `docker commit --change` to the settings of a container.
//!
//! Variables in arguments refer to the settings so far, as in a Dockerfile's `ENV`.

use crate::message::Message;
use std::collections::BTreeMap;

use super::ChangeError;
use super::instruction::{Instruction, first_word, instructions};
use super::known_words::WORDS;
use super::settings::{port_range, set_env, sorted};
use super::shell_word::resolve;
use super::signal::is_signal;
use super::words::{ListOrLine, list_or_line, pairs, quoted_words};
use crate::image::{Healthcheck, RuntimeConfig, env_pair};

/// Largest size in bytes of one commit's changes. Rejects a text that would be larger than any config.
const MOST_BYTES: usize = 1024 * 1024;

/// The shell of the shell form if the image names none.
const SHELL: [&str; 2] = ["/bin/sh", "-c"];

/// Changes settings as `docker commit --change` does. A text may contain several instructions, one per line.
///
/// # Errors
/// With the first instruction that is wrong. The instructions before it have been applied.
///
/// ```
/// use lamina::build::commit::apply_changes;
/// use lamina::image::RuntimeConfig;
///
/// let mut settings = RuntimeConfig::default();
/// apply_changes(&mut settings, "ENV A=1 B=\"$A 2\"\nCMD [\"sh\"]").unwrap();
/// assert_eq!(settings.env, ["A=1", "B= 2"]);
/// assert_eq!(settings.cmd, ["sh"]);
/// ```
pub fn apply_changes(settings: &mut RuntimeConfig, text: &str) -> Result<(), ChangeError> {
    if text.len() > MOST_BYTES {
        return Err(ChangeError::TooLong { limit: MOST_BYTES });
    }
    let instructions = instructions(text)?;
    let mut changing = Changing {
        settings,
        sets_cmd: false,
    };
    for instruction in &instructions {
        changing
            .apply(instruction)
            .map_err(|reason| ChangeError::of(instruction.word, reason))?;
    }
    Ok(())
}

struct Changing<'a> {
    settings: &'a mut RuntimeConfig,
    /// True after a `CMD`: a later `ENTRYPOINT` then keeps it.
    sets_cmd: bool,
}

impl Changing<'_> {
    fn apply(&mut self, instruction: &Instruction) -> Result<(), Message> {
        let rest = &*instruction.rest;
        match instruction.word {
            "CMD" => {
                self.settings.cmd = self.command_line(rest)?;
                self.sets_cmd = true;
            }
            "ENTRYPOINT" => {
                self.settings.entrypoint = self.command_line(rest)?;
                if !self.sets_cmd {
                    self.settings.cmd.clear();
                }
            }
            "ENV" => {
                for (name, value) in self.resolved_pairs(rest)? {
                    set_env(&mut self.settings.env, &name, &value);
                }
            }
            "EXPOSE" => self.expose(rest)?,
            "HEALTHCHECK" => self.settings.healthcheck = Some(healthcheck(rest)?),
            "LABEL" => {
                let labels = self.resolved_pairs(rest)?;
                self.settings.labels.extend(labels);
            }
            "ONBUILD" => self.settings.on_build.push(trigger(rest)?),
            "STOPSIGNAL" => {
                let signal = self.one(rest)?;
                if !is_signal(&signal) {
                    return Err(Message::no_signal(signal.to_string()));
                }
                self.settings.stop_signal = signal;
            }
            "USER" => self.settings.user = self.one(rest)?,
            "VOLUME" => self.volume(rest)?,
            _ => {
                let path = self.one(rest)?;
                self.settings.working_dir = within(&self.settings.working_dir, &path);
            }
        }
        Ok(())
    }

    /// Returns the list form unchanged, and the line form wrapped in a shell.
    fn command_line(&self, rest: &str) -> Result<Vec<String>, Message> {
        match list_or_line(rest)? {
            ListOrLine::List(words) => Ok(words),
            ListOrLine::Line(line) if line.is_empty() => Err(Message::says_nothing()),
            ListOrLine::Line(line) => {
                let mut words = match &*self.settings.shell {
                    [] => SHELL.map(str::to_owned).to_vec(),
                    shell => shell.to_vec(),
                };
                words.push(line);
                Ok(words)
            }
        }
    }

    fn resolved(&self, word: &str) -> Result<String, Message> {
        resolve(word, &|name| {
            let entries = self.settings.env.iter().map(|entry| env_pair(entry));
            let mut found = entries.rev().filter(|(known, _)| *known == name);
            found
                .next()
                .map(|(_, value)| value.unwrap_or_default().to_owned())
        })
    }

    fn resolved_pairs(&self, rest: &str) -> Result<Vec<(String, String)>, Message> {
        // All arguments of one instruction see the variables from before it.
        let pairs = pairs(rest)?.into_iter().map(|(name, value)| {
            let name = self.resolved(&name)?;
            match name.is_empty() {
                true => Err(Message::setting_name_empty()),
                false => Ok((name, self.resolved(&value)?)),
            }
        });
        pairs.collect()
    }

    /// Returns the only argument, which may contain blanks.
    fn one(&self, rest: &str) -> Result<String, Message> {
        let said = self.resolved(rest)?;
        match said.is_empty() {
            true => Err(Message::needs_one_argument()),
            false => Ok(said),
        }
    }

    fn expose(&mut self, rest: &str) -> Result<(), Message> {
        let words = quoted_words(rest);
        if words.is_empty() {
            return Err(Message::needs_port());
        }
        let mut ports = Vec::new();
        for word in words {
            for port in self.resolved(&word)?.split_whitespace() {
                ports.extend(port_range(port)?);
            }
        }
        self.settings.exposed_ports.append(&mut ports);
        sorted(&mut self.settings.exposed_ports);
        Ok(())
    }

    fn volume(&mut self, rest: &str) -> Result<(), Message> {
        let words = match list_or_line(rest)? {
            ListOrLine::List(words) => words,
            ListOrLine::Line(line) => line.split_whitespace().map(str::to_owned).collect(),
        };
        let volumes = words.iter().map(|word| match self.resolved(word.trim())? {
            path if path.is_empty() => Err(Message::path_empty()),
            path => Ok(path),
        });
        let mut volumes = volumes.collect::<Result<Vec<_>, _>>()?;
        if volumes.is_empty() {
            return Err(Message::needs_path());
        }
        self.settings.volumes.append(&mut volumes);
        sorted(&mut self.settings.volumes);
        Ok(())
    }
}

/// Resolves a relative path against the working directory so far.
fn within(working_dir: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let mut names: Vec<&str> = Vec::new();
    for name in working_dir.split('/').chain(path.split('/')) {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    format!("/{}", names.join("/"))
}

fn trigger(rest: &str) -> Result<String, Message> {
    let (word, _) = first_word(rest);
    match word.to_ascii_uppercase().as_str() {
        "" => Err(Message::needs_instruction()),
        word @ ("ONBUILD" | "FROM" | "MAINTAINER") => Err(Message::word_cannot_wait(word)),
        word => {
            let known = ["ADD", "ARG", "COPY", "RUN", "SHELL"];
            match WORDS.contains(&word) || known.contains(&word) {
                true => Ok(rest.to_owned()),
                false => Err(Message::word_no_instruction(word)),
            }
        }
    }
}

fn healthcheck(rest: &str) -> Result<Healthcheck, Message> {
    let mut check = Healthcheck::default();
    let mut rest = rest;
    let mut flags = BTreeMap::new();
    while let Some(flag) = rest.strip_prefix("--") {
        let (flag, after) = first_word(flag);
        let (name, value) = flag
            .split_once('=')
            .ok_or_else(|| Message::option_no_value(flag))?;
        if flags.insert(name, value).is_some() {
            return Err(Message::option_twice(name));
        }
        rest = after;
    }
    for (name, value) in flags {
        let place = match name {
            "interval" => &mut check.interval_nanos,
            "timeout" => &mut check.timeout_nanos,
            "start-period" => &mut check.start_period_nanos,
            "start-interval" => &mut check.start_interval_nanos,
            "retries" => {
                let retries = value.parse().ok().filter(|&retries: &i64| retries >= 0);
                check.retries = Some(retries.ok_or_else(Message::option_retries)?);
                continue;
            }
            _ => return Err(Message::option_unknown(name)),
        };
        *place = Some(nanos_of(value).ok_or_else(|| Message::option_time(name))?);
    }
    let (kind, command) = first_word(rest);
    check.test = match kind.to_ascii_uppercase().as_str() {
        "NONE" if command.is_empty() => vec!["NONE".to_owned()],
        "NONE" => return Err(Message::health_none()),
        "CMD" => match list_or_line(command)? {
            ListOrLine::List(words) if words.is_empty() => {
                return Err(Message::health_cmd_empty());
            }
            ListOrLine::List(mut words) => {
                words.insert(0, "CMD".to_owned());
                words
            }
            ListOrLine::Line(line) if line.is_empty() => return Err(Message::health_cmd_empty()),
            ListOrLine::Line(line) => vec!["CMD-SHELL".to_owned(), line],
        },
        _ => return Err(Message::health_needs()),
    };
    Ok(check)
}

/// Parses a duration in Go's notation, in nanoseconds. It must be zero or at least a millisecond.
fn nanos_of(text: &str) -> Option<i64> {
    if text == "0" {
        return Some(0);
    }
    let mut rest = text;
    let mut nanos = 0_f64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let (number, after) = rest.split_at_checked(digits)?;
        let end = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end)?;
        let scale = match unit {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => return None,
        };
        nanos += number.parse::<f64>().ok()? * scale;
        rest = after;
    }
    // At most a year, so the conversion loses nothing.
    let fits = !text.is_empty() && (nanos == 0.0 || (1e6..=366.0 * 86_400e9).contains(&nanos));
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is at most a year in nanoseconds, which 64 bits hold"
    )]
    fits.then_some(nanos.round() as i64)
}

#[cfg(test)]
mod tests;
