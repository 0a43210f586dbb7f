#include "edge/cli/names_at_server.hpp"

#include <algorithm>

#include "base/ids.hpp"
#include "edge/cli/all_pages.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t name_pages_max = 20;

struct list_place {
  std::string_view kind;
  std::string_view path;
  std::string_view rows;
  std::string_view name;   // members of a row
  std::string_view about;
  std::string_view id = "id";
  std::string_view cursor = "cursor";  // query parameter of the next page; empty: one page
};

constexpr list_place places[] = {
    {"phone", "/v1/phone", "phones", "label", "e164"},
    {"agent", "/v1/agents", "data", "name", "name", "id", "starting_after"},
    {"user", "/v1/users", "users", "external_id", "label", "id", ""},
    {"kit", "/v1/account-kits", "account_kits", "name", "name", "id", ""},
    {"approval", "/v1/approvals", "approvals", "", "title"},
    {"campaign", "/v1/campaigns", "campaigns", "", "status"},
    {"carrier", "/v1/carriers", "carriers", "name", "state", "name", ""},
    {"webhook", "/v1/webhooks", "webhooks", "", "url", "id", ""},
    {"formation", "/v1/formation", "formations", "registered_name", "registered_name", "id", ""},
    {"key", "/v1/auth/keys", "keys", "", "role"},
    {"pack", "/v1/billing/packs", "packs", "id", "credits", "id", ""},
};

const list_place* place_of(std::string_view kind) {
  const auto found = std::ranges::find(places, kind, &list_place::kind);
  return found == std::end(places) ? nullptr : found;
}

std::string cell_at(const json::value& row, std::string_view path) {
  const json::value& found = value_at(row, path);
  if (path.empty() || found.is_null() || found.is_object()) return {};
  return plain_text(found);
}

named_thing thing_of(const json::value& row, const list_place& place) {
  return {.id = cell_at(row, place.id),
          .name = cell_at(row, place.name),
          .about = cell_at(row, place.about) +
                   (place.kind == "phone" ? " " + cell_at(row, "label") : ""),
          .e164 = cell_at(row, "e164")};
}

// The query of the page after `body`; empty: there is none.
std::string next_page(const json::value& body, const list_place& place,
                      const std::vector<named_thing>& so_far) {
  if (place.cursor == "cursor") {
    const std::string cursor = cell_at(body, "next_cursor");
    return cursor.empty() ? cursor : "&cursor=" + cursor;
  }
  const json::value& more = value_at(body, "has_more");
  if (place.cursor.empty() || !more.is_bool() || !more.get_bool() || so_far.empty()) return {};
  return "&" + std::string(place.cursor) + "=" + so_far.back().id;
}

bool looks_like_id(std::string_view text) {
  if (parse_uuid_text(text)) return true;
  const std::size_t bar = text.find('_');
  return bar != std::string_view::npos && parse_base62_text(text.substr(bar + 1));
}

bool is_named(const named_thing& thing, const std::string& text) {
  return thing.name == text || thing.e164 == text;
}

result<std::string> id_of(client_call& call, const command_value& value, const std::string& text) {
  const list_place* place = place_of(value.completes);
  if (place == nullptr || place->id != "id" || place->name.empty() || looks_like_id(text)) {
    return text;
  }
  std::vector<named_thing> found;
  bool whole = false;
  for (named_thing& thing :
       things_at(*call.api, value.completes, call.to.user, page_rows * name_pages_max, &whole)) {
    if (thing.id == text) return text;
    if (is_named(thing, text)) found.push_back(std::move(thing));
  }
  if (found.size() == 1 && whole) return found.front().id;
  if (found.size() == 1) {
    return bad_field(std::string(value.name), std::string(value.name) + ": not everything could " +
                                                  "be looked through for that name. Give the id.");
  }
  if (found.empty()) return text;  // the server says what is wrong with it
  std::string sentence = std::string(value.name) + ": several are called \"" + text + "\":";
  for (const named_thing& thing : found) sentence += " " + thing.id;
  return bad_field(std::string(value.name), sentence + ". Give the id.");
}

}  // namespace

std::vector<named_thing> things_at(api_client& api, std::string_view kind,
                                   const std::optional<std::string>& user, std::size_t max,
                                   bool* whole) {
  std::vector<named_thing> things;
  if (whole != nullptr) *whole = false;
  const list_place* place = place_of(kind);
  if (place == nullptr) return things;
  std::string more;
  for (std::size_t page = 0; page < name_pages_max && things.size() < max; ++page) {
    api_request request;
    const bool pages = !place->cursor.empty();
    request.target = std::string(place->path) +
                     (pages ? "?limit=" + std::to_string(std::min(max, page_rows)) + more : "");
    if (user) request.headers.emplace_back("X-Naive-User-Id", *user);
    const api_result told = api.ask(request);
    if (!told || told->status != 200) return things;
    const json::value& rows = value_at(told->body, place->rows);
    if (!rows.is_array()) return things;
    for (const json::value& row : rows.get_array()) things.push_back(thing_of(row, *place));
    more = next_page(told->body, *place, things);
    if (!more.empty()) continue;
    if (whole != nullptr) *whole = true;
    break;
  }
  return things;
}

result<parsed_arguments> with_ids(client_call& call) {
  parsed_arguments given = call.given;
  if (call.api == nullptr) return given;
  for (std::size_t at = 0; at < given.words.size() && at < call.command.words.size(); ++at) {
    TRY_ASSIGN(given.words[at], id_of(call, call.command.words[at], given.words[at]));
  }
  for (const command_value& option : call.command.options) {
    for (auto& [name, text] : given.flags) {
      if (name != option.name) continue;
      TRY_ASSIGN(text, id_of(call, option, text));
    }
  }
  return given;
}

}  // namespace dialplane::cli
