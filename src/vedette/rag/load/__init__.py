"""target -> discover (fetch) -> Found -> sandbox [child: registry -> reader -> text] -> wire -> Document | Failure."""
