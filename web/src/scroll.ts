import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';

/** A link leads to the top of its page; back and forward lead to where one was, which the browser knows. */
export const useScrollToTop = (): void => {
  const [location] = useLocation();
  const isBack = useRef(false);
  const shown = useRef(location);
  useEffect(() => {
    const note = () => {
      isBack.current = true;
    };
    addEventListener('popstate', note);
    return () => removeEventListener('popstate', note);
  }, []);
  useEffect(() => {
    if (shown.current !== location && !isBack.current) scrollTo(0, 0);
    shown.current = location;
    isBack.current = false;
  }, [location]);
};
