(() => {
	const show = () => {
		const e = document.getElementById(location.hash.slice(1));
		if (e && e.tagName === "DETAILS") { e.open = true; e.scrollIntoView({ block: "center" }); }
	};
	addEventListener("hashchange", show);
	show();
	for (const box of document.querySelectorAll(".tools input")) {
		box.addEventListener("input", () => {
			const want = box.value.toLowerCase();
			for (const e of box.closest("section").querySelectorAll(".span")) {
				e.classList.toggle("gone", want !== "" && !e.textContent.toLowerCase().includes(want));
			}
		});
	}
})();
