/* What a member has and will earn, on the shop's own checkout page. One tag, no other scripts:

   <script src="https://the.club/static/checkout.js" data-token="…" data-cart='{"lines": […]}' async></script>

   `data-into` names the element to write in, else the words come after the tag. `data-language` is sv, nb or en.
   A page that changes its cart calls `stamkund.show({lines: […]})`. All words come from the club, as text. */
(function () {
  "use strict";
  var tag = document.currentScript;
  if (!tag || !tag.dataset.token) {
    return;
  }
  var club = new URL(tag.src).origin;
  var asked = 0;

  function element(name, part, text) {
    var made = document.createElement(name);
    made.className = "stamkund__" + part;
    made.textContent = text;
    return made;
  }

  function place() {
    var found = tag.dataset.into && document.querySelector(tag.dataset.into);
    if (found) {
      return found;
    }
    if (!place.own) {
      place.own = document.createElement("section");
      place.own.className = "stamkund";
      tag.parentNode.insertBefore(place.own, tag.nextSibling);
    }
    return place.own;
  }

  function write(told) {
    var into = place();
    var parts = [];
    if (told.points) {
      parts.push(element("p", "points", told.points));
    }
    if (told.earns) {
      parts.push(element("p", "earns", told.earns));
    }
    if (told.checks.length) {
      parts.push(element("p", "title", told.checks_title));
      var list = element("ul", "checks", "");
      told.checks.forEach(function (check) {
        var row = element("li", check.is_proposed ? "check" : "check stamkund__check--kept", check.text);
        if (check.because) {
          row.appendChild(document.createTextNode(" "));
          row.appendChild(element("small", "because", check.because));
        }
        row.dataset.code = check.code;
        list.appendChild(row);
      });
      parts.push(list);
    }
    into.setAttribute("aria-live", "polite");
    into.replaceChildren.apply(into, parts);
    into.dispatchEvent(new CustomEvent("stamkund", { bubbles: true, detail: told }));
  }

  function show(cart) {
    var mine = ++asked;
    var body = { lines: (cart && cart.lines) || [] };
    if (tag.dataset.language) {
      body.language = tag.dataset.language;
    }
    return fetch(club + "/checkout/", {
      method: "POST",
      credentials: "omit",
      headers: { "Authorization": "Bearer " + tag.dataset.token, "Content-Type": "application/json" },
      body: JSON.stringify(body)
    }).then(function (answer) {
      return answer.json().then(function (told) {
        if (!answer.ok) {
          throw new Error(told.detail || answer.status);
        }
        if (mine === asked) {
          write(told);
        }
        return told;
      });
    });
  }

  function quietly(error) {
    console.warn("Stamkund: " + error.message);
  }

  window.stamkund = {
    show: function (cart) {
      return show(cart).catch(quietly);
    }
  };
  try {
    window.stamkund.show(JSON.parse(tag.dataset.cart || "{}"));
  } catch (error) {
    quietly(error);
  }
})();
