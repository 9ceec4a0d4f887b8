declare module "@neurocore/lab" {
  const lab: { render(context: { model: object; el: HTMLElement }): Promise<() => void> };
  export default lab;
}
