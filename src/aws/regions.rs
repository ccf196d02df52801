//! The regions of AWS, to be offered and never to be required: a new one is of use before it is listed here.

/// Each region and where it lies, in the order of the partitions.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("regions.txt").lines().filter_map(|line| line.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_names_a_region_and_where_it_lies_and_none_stands_twice() {
        let text = include_str!("regions.txt");
        assert_eq!(all().count(), text.lines().count());
        let mut names: Vec<_> = all().map(|(region, _)| region).collect();
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), text.lines().count());
    }
}
