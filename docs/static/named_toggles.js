// What does a screen reader say of the toggles in the sidebar, which the theme gives no name?
for (const toggle of document.querySelectorAll(".toctree-toggle")) {
    toggle.closest("summary")?.setAttribute("aria-label", "Pages below")
}
