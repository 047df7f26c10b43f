import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR_PX = 80;

/** Keeps the end in sight while `content` changes, until whoever reads scrolls away from it. */
export function useStickToEnd(content: string) {
  const scroller = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  const [atEnd, setAtEnd] = useState(true);

  const toEnd = useCallback(() => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
    sticks.current = true;
    setAtEnd(true);
  }, []);

  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const look = () => {
      sticks.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
      setAtEnd(sticks.current);
    };
    box.addEventListener("scroll", look, { passive: true });
    return () => box.removeEventListener("scroll", look);
  });

  useLayoutEffect(() => {
    if (content && sticks.current) toEnd();
  }, [content, toEnd]);

  return { scroller, atEnd, toEnd };
}
