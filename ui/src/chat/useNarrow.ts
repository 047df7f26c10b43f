import { useMediaQuery } from "@mantine/hooks";

/** Whether the screen has no room for something beside the middle. */
export const useNarrow = () => useMediaQuery("(max-width: 62em)", false, { getInitialValueInEffect: false });
