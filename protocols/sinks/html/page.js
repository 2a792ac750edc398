"use strict";
{
  // What is folded is printed; in browsers whose style sheets cannot say so, by opening it. The same rule stands in page.css.
  const folded = "details:not([open]):not(.problems:has(> li:nth-child(51 of :not([hidden]))) details)";
  let opened = [];
  if (!CSS.supports("selector(::details-content)")) {
    addEventListener("beforeprint", () => {
      opened = [...document.querySelectorAll(folded)];
      for (const each of opened) each.open = true;
    });
    addEventListener("afterprint", () => {
      for (const each of opened) each.open = false;
    });
  }
}
{
  const form = document.querySelector(".filter");
  if (form) {
    const rows = [...document.querySelectorAll(".problems > li")].map((row) => [row, row.textContent.toLowerCase()]);
    const search = document.getElementById("search");
    const selects = [...form.querySelectorAll("select")];
    const has = (row, name, value) => name === "owner" ? JSON.parse(row.dataset.owner ?? "[]").includes(value) : row.dataset[name] === value;
    const apply = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const asked = selects.filter((select) => select.value).map((select) => [select.dataset.filter, select.value]);
      let shown = 0;
      for (const [row, text] of rows) {
        row.hidden = !(words.every((word) => text.includes(word)) && asked.every(([name, value]) => has(row, name, value)));
        shown += !row.hidden;
      }
      document.getElementById("shown").textContent = `${shown} of ${rows.length} shown`;
    };
    form.hidden = false;
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }
}
