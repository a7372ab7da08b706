// Long work followed on the page: its piece of page is asked for again until the work ends, then the page is read anew.

const PAUSE = 1500;

async function follow(shown) {
  const answer = await fetch(shown.dataset.job).catch(() => null);
  if (answer?.ok) {
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-job]");
    if (!("underWay" in fresh.dataset)) return location.reload();
    if (fresh.innerHTML !== shown.innerHTML) shown.innerHTML = fresh.innerHTML;
  }
  setTimeout(() => follow(shown), PAUSE);
}

document.querySelectorAll("[data-job][data-under-way]").forEach((shown) => setTimeout(() => follow(shown), PAUSE));
