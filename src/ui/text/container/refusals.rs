//! Explains in Chinese why an edit of a container layer was refused. In English the core's own sentence is shown.
//!
//! Commit settings and tags are explained in the words of Dockerfiles and references, which stay as they are.

use super::Container;
use crate::protocol::{Problem, Refusal};
use crate::ui::text::image::fill;
use crate::ui::text::visible::visible_text;

/// Returns the reason in one line, with the path.
pub fn why(text: &Container, problem: &Problem) -> String {
    match (&problem.refusal, text.own) {
        (Some(refusal), Some(own)) => {
            let path = visible_text(&problem.subject);
            format!("{}：{path}", own(refusal))
        }
        _ => visible_text(&problem.detail),
    }
}

pub(super) fn chinese(refusal: &Refusal) -> String {
    let limited = |words: &str, limit: usize| fill(words, &[&limit.to_string()]);
    match refusal {
        Refusal::NotStarted => "没有容器层",
        Refusal::Whiteout => "以 .wh. 开头的名称会被当作删除标记",
        Refusal::NameEmpty => "名称为空",
        Refusal::NameDot => "这个名称表示已有的目录",
        Refusal::NameNul => "名称中含有 NUL 字节",
        Refusal::NameSlash => "名称中含有斜杠",
        Refusal::NameTooLong { limit } => return limited("名称超过 {0} 个字节", *limit),
        Refusal::PathTooLong { limit } => return limited("路径超过 {0} 个字节", *limit),
        Refusal::TooDeep { limit } => return limited("路径超过 {0} 级", *limit),
        Refusal::TargetEmpty => "链接没有目标",
        Refusal::Root => "根目录不能新建、改名或删除",
        Refusal::Exists => "该路径已存在",
        Refusal::NotFound => "该路径不存在",
        Refusal::ParentMissing => "其所在目录不存在",
        Refusal::ParentNotDirectory => "途中有一项不是目录",
        Refusal::Loop => "途中经过的符号链接过多",
        Refusal::NotFile => "不是文件",
        Refusal::NoMode => "符号链接没有自己的权限",
        Refusal::Mode => "权限大于 7777",
        Refusal::IntoItself => "目录不能移到自身之内",
        Refusal::TooManySteps { limit } => return limited("一个容器层最多容纳 {0} 步", *limit),
        Refusal::TooManyNames { limit } => return limited("一个容器层最多容纳 {0} 个名称", *limit),
        Refusal::Incomplete => "其所在层已损坏，无法完整地复制上来",
        Refusal::Unresolved => "指向不存在位置的硬链接无法再次写入",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::CHINESE;
    use super::super::ENGLISH;
    use super::*;
    use crate::protocol::ProblemCode;

    #[test]
    fn each_language_has_the_reason_and_the_path() {
        let problem = Problem {
            refusal: Some(Box::new(Refusal::NameTooLong { limit: 255 })),
            ..Problem::new(ProblemCode::Refused, "/a\u{202e}b", "the name is long: /a")
        };
        assert_eq!(why(&ENGLISH, &problem), "the name is long: /a");
        assert_eq!(why(&CHINESE, &problem), "名称超过 255 个字节：/a⟨U+202E⟩b");
    }

    #[test]
    fn what_is_no_refusal_of_an_edit_is_told_as_it_is() {
        let problem = Problem::new(ProblemCode::Refused, "commit", "CMD: no command");
        assert_eq!(why(&CHINESE, &problem), "CMD: no command");
    }
}
