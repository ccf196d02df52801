//! Every link on a page that leads into the source leads to something, and the README to every page.
#![allow(clippy::disallowed_methods)]

use super::blocks::{Page, pages, prose};
use crate::support::own_source;

/// Where the links of a page lead, but for those to elsewhere.
fn targets(page: &Page) -> Vec<String> {
    let prose = prose(page);
    let links = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    links.filter(|target| !target.contains("://")).map(str::to_owned).collect()
}

/// The anchors of the headings, as GitHub makes them.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let words = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            words.chars().filter(|char| char.is_alphanumeric() || "-_".contains(*char)).collect()
        })
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let mut dead = Vec::new();
    for page in &pages {
        let directory = page.path.rsplit_once('/').map_or("", |(directory, _)| directory);
        for target in targets(page) {
            let (path, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let path = if path.is_empty() { page.path.clone() } else { format!("{directory}/{path}") };
            let path = path.replace("docs/../", "").trim_start_matches('/').to_owned();
            let found = pages.iter().find(|page| page.path == path);
            let is_there = match found {
                Some(page) => anchor.is_empty() || anchors(&page.text).iter().any(|known| known == anchor),
                None => own_source().join(&path).exists(),
            };
            if !is_there {
                dead.push(format!("{}: {target}", page.path));
            }
        }
    }
    assert_eq!(dead, [""; 0]);
    let readme = targets(&pages[0]);
    let missing: Vec<_> =
        pages[1..].iter().filter(|page| !readme.contains(&page.path)).map(|page| &page.path).collect();
    assert!(missing.is_empty(), "the README has no link to {missing:?}");
}
