#include "edge/mcp/mcp_engine.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "edge/mcp/prompt_text.hpp"
#include "edge/mcp/tool_request.hpp"
#include "edge/mcp/tool_result.hpp"
#include "edge/rest/json_decimals.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::int64_t lists_fresh_ms = 300'000;  // they change with the program only
constexpr std::size_t completions_max = 100;      // specification: completion, "Completion Results"
constexpr int method_not_found_status = 404;      // 2026-07-28, "Protocol Version Header"
constexpr int accepted_status = 202;

rpc_refusal bad_params(std::string message) {
  return {.code = rpc_code::invalid_params, .message = std::move(message)};
}

std::optional<std::string_view> text_param(const json::object& params, std::string_view name) {
  const json::value* value = params.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string_view(value->get_string());
}

const json::object* object_param(const json::object& params, std::string_view name) {
  const json::value* value = params.if_contains(name);
  return value != nullptr ? value->if_object() : nullptr;
}

json::object server_info() {
  return {{"name", "dialplane"}, {"title", "Dialplane"}, {"version", DIALPLANE_VERSION}};
}

// Nothing here ever changes while the program runs, so nothing is announced.
json::object capabilities(mcp_era era) {
  json::object all{{"tools", json::object{}},
                   {"resources", json::object{}},
                   {"prompts", json::object{}},
                   {"completions", json::object{}}};
  if (era == mcp_era::legacy) all["logging"] = json::object{};
  return all;
}

enum class freshness { none, lists, own_rows };

// What the modern revision adds to every result.
void add_modern_members(json::object& result, freshness hints) {
  result["resultType"] = "complete";
  if (hints != freshness::none) {
    // Lists are the same for every key; rows are the caller's own and may change any moment.
    result["ttlMs"] = hints == freshness::lists ? lists_fresh_ms : 0;
    result["cacheScope"] = hints == freshness::lists ? "public" : "private";
  }
  json::value* meta = result.if_contains("_meta");
  if (meta == nullptr) meta = &result.emplace("_meta", json::object{}).first->value();
  meta->as_object()["io.modelcontextprotocol/serverInfo"] = server_info();
}

// An answer of the REST edge that a resource cannot show.
rpc_refusal refusal_of(const http_response& answer) {
  const bool ours = answer.status >= 500;
  boost::system::error_code failure;
  const json::value body = json::parse(answer.body, failure);
  std::string message = "The resource cannot be read now.";
  if (!failure && body.is_object()) {
    if (const json::object* inner = object_param(body.get_object(), "error")) {
      if (const auto told = text_param(*inner, "message")) message = *told;
    }
  }
  return {.code = ours ? rpc_code::internal_error : rpc_code::invalid_params,
          .message = std::move(message)};
}

rpc_refusal no_such_resource(mcp_era era, std::string_view uri) {
  return {.code = era == mcp_era::modern ? rpc_code::invalid_params
                                         : rpc_code::resource_not_found,
          .message = "Resource not found",
          .data = json::object{{"uri", uri}}};
}

// The ids of a page of numbers that begin like `typed`, or whose number holds it.
json::array matching_ids(std::string_view page, std::string_view typed) {
  json::array found;
  boost::system::error_code failure;
  const json::value read = json::parse({page.data(), page.size()}, failure);
  if (failure || !read.is_object()) return found;
  const json::value* rows = read.get_object().if_contains("phones");
  if (rows == nullptr || !rows->is_array()) return found;
  for (const json::value& row : rows->get_array()) {
    if (!row.is_object() || found.size() == completions_max) continue;
    const auto id = text_param(row.get_object(), "id");
    const auto e164 = text_param(row.get_object(), "e164");
    const bool fits = id && (id->starts_with(typed) ||
                             (e164 && e164->find(typed) != std::string_view::npos));
    if (fits) found.emplace_back(*id);
  }
  return found;
}

json::object completion_of(json::array values) {
  const auto total = static_cast<std::int64_t>(values.size());
  return {{"completion", json::object{{"values", std::move(values)},
                                      {"total", total},
                                      {"hasMore", false}}}};
}

}  // namespace

// One message under way. `params` and `asked` live until answer() returns, and no longer.
struct mcp_engine::call {
  mcp_era era;
  json::value id;
  const json::object& params;
  const http_request& asked;
  rest_asker ask;
  answer_taker done;

  // What is left of a call while the REST edge works on it.
  struct open_end {
    mcp_era era;
    json::value id;
    answer_taker done;

    void finish(json::object result, freshness hints, http_response relayed = {}) {
      if (era == mcp_era::modern) add_modern_members(result, hints);
      relayed.body.clear();
      done({.http_status = 200, .body = result_text(id, std::move(result)),
            .relayed = std::move(relayed)});
    }
    void refuse(const rpc_refusal& why) {
      done({.http_status = why.http_status, .body = refusal_text(id, why)});
    }
  };

  open_end keep() { return {era, std::move(id), std::move(done)}; }
  void finish(json::object result, freshness hints = freshness::none) {
    keep().finish(std::move(result), hints);
  }
  void refuse(const rpc_refusal& why) { keep().refuse(why); }
};

struct mcp_engine::method_row {
  std::string_view name;
  bool legacy;
  bool modern;
  method_handler handle;
};

const mcp_engine::method_row* mcp_engine::find_method(std::string_view name) {
  static constexpr std::array<method_row, 12> rows = {{
      {"initialize", true, false, &mcp_engine::initialize},
      {"ping", true, false, &mcp_engine::ping},
      {"logging/setLevel", true, false, &mcp_engine::set_log_level},
      {"server/discover", false, true, &mcp_engine::discover},
      {"tools/list", true, true, &mcp_engine::list_tools},
      {"tools/call", true, true, &mcp_engine::call_tool},
      {"resources/list", true, true, &mcp_engine::list_resources},
      {"resources/templates/list", true, true, &mcp_engine::list_templates},
      {"resources/read", true, true, &mcp_engine::read_resource},
      {"prompts/list", true, true, &mcp_engine::list_prompts},
      {"prompts/get", true, true, &mcp_engine::get_prompt},
      {"completion/complete", true, true, &mcp_engine::complete},
  }};
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [name](const method_row& row) { return row.name == name; });
  return found != rows.end() ? &*found : nullptr;
}

void mcp_engine::answer(const json::object& message, const http_request& asked, rest_asker ask,
                        answer_taker done) const {
  const auto read = read_message(message);
  if (!read) {
    return done({.http_status = read.error().http_status,
                 .body = refusal_text(usable_id(message), read.error())});
  }
  const bool is_request = read->kind == rpc_kind::request;
  const std::optional<json::value> id =
      is_request ? std::optional<json::value>(read->id) : std::nullopt;
  const auto era = judge_revision(*read, asked);
  if (!era) {
    return done({.http_status = era.error().http_status, .body = refusal_text(id, era.error())});
  }
  // Nothing is under way between two messages that a notification or a response could concern.
  if (!is_request) return done({.http_status = accepted_status, .body = {}});
  const method_row* row = find_method(read->method);
  if (row == nullptr || !(*era == mcp_era::modern ? row->modern : row->legacy)) {
    const rpc_refusal why{
        .code = rpc_code::method_not_found,
        .message = "Method not found: " + std::string(read->method),
        .http_status = *era == mcp_era::modern ? method_not_found_status : 200};
    return done({.http_status = why.http_status, .body = refusal_text(id, why)});
  }
  (this->*row->handle)(
      {*era, read->id, *read->params, asked, std::move(ask), std::move(done)});
}

void mcp_engine::initialize(call now) const {
  const auto wanted = text_param(now.params, "protocolVersion");
  if (!wanted) return now.refuse(bad_params("protocolVersion must be a text."));
  if (object_param(now.params, "capabilities") == nullptr ||
      object_param(now.params, "clientInfo") == nullptr) {
    return now.refuse(bad_params("capabilities and clientInfo must be objects."));
  }
  const bool known = std::find(legacy_revisions.begin(), legacy_revisions.end(), *wanted) !=
                     legacy_revisions.end();
  now.finish({{"protocolVersion", known ? *wanted : legacy_revisions.front()},
              {"capabilities", capabilities(now.era)},
              {"serverInfo", server_info()},
              {"instructions", catalog_.instructions()}});
}

void mcp_engine::ping(call now) const { now.finish({}); }

// Accepted for clients that insist on it; this server sends no log messages.
void mcp_engine::set_log_level(call now) const {
  static constexpr std::array<std::string_view, 8> levels = {
      "debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"};
  const auto level = text_param(now.params, "level");
  if (!level || std::find(levels.begin(), levels.end(), *level) == levels.end()) {
    return now.refuse(bad_params("level must be one of debug to emergency."));
  }
  now.finish({});
}

void mcp_engine::discover(call now) const {
  now.finish({{"supportedVersions", supported_revisions()},
              {"capabilities", capabilities(now.era)},
              {"instructions", catalog_.instructions()}},
             freshness::lists);
}

void mcp_engine::list_tools(call now) const {
  if (now.params.contains("cursor")) return now.refuse(bad_params("There is only one page."));
  now.finish({{"tools", catalog_.listed_tools()}}, freshness::lists);
}

void mcp_engine::list_resources(call now) const {
  if (now.params.contains("cursor")) return now.refuse(bad_params("There is only one page."));
  now.finish({{"resources", catalog_.listed_resources()}}, freshness::lists);
}

void mcp_engine::list_templates(call now) const {
  if (now.params.contains("cursor")) return now.refuse(bad_params("There is only one page."));
  now.finish({{"resourceTemplates", catalog_.listed_templates()}}, freshness::lists);
}

void mcp_engine::list_prompts(call now) const {
  if (now.params.contains("cursor")) return now.refuse(bad_params("There is only one page."));
  now.finish({{"prompts", catalog_.listed_prompts()}}, freshness::lists);
}

void mcp_engine::call_tool(call now) const {
  const auto name = text_param(now.params, "name");
  if (!name) return now.refuse(bad_params("name must be a text."));
  const mcp_tool* tool = catalog_.find_tool(*name);
  if (tool == nullptr) {
    const std::string nearest = catalog_.nearest_tool(*name);
    std::string message = "Unknown tool: " + std::string(*name);
    if (!nearest.empty()) message += ". Did you mean " + nearest + "?";
    return now.refuse(bad_params(std::move(message)));
  }
  const json::value* given = now.params.if_contains("arguments");
  if (given != nullptr && !given->is_object()) {
    return now.refuse(bad_params("arguments must be an object."));
  }
  const json::object none;
  auto request = request_of_tool(*tool, given != nullptr ? given->get_object() : none, now.asked);
  // The model can mend its arguments, so it is told as a result.
  if (!request) return now.finish(result_of_refusal(request.error()));
  auto rest = now.keep();
  now.ask(*std::move(request), [tool, end = std::move(rest)](http_response answer) mutable {
    json::object result = result_of_answer(*tool, answer);
    end.finish(std::move(result), freshness::none, std::move(answer));
  });
}

void mcp_engine::read_resource(call now) const {
  const auto uri = text_param(now.params, "uri");
  if (!uri) return now.refuse(bad_params("uri must be a text."));
  std::string target;
  for (const mcp_resource& each : catalog_.resources()) {
    if (each.uri == *uri) target = each.request_path;
  }
  constexpr std::string_view place = "{id}";
  const mcp_resource& one = catalog_.number_template();
  const std::string_view prefix(one.uri.data(), one.uri.size() - place.size());
  if (target.empty() && uri->starts_with(prefix) && may_be_id(uri->substr(prefix.size()))) {
    target = one.request_path;
    target.replace(target.find(place), place.size(), uri->substr(prefix.size()));
  }
  if (target.empty()) return now.refuse(no_such_resource(now.era, *uri));
  auto rest = now.keep();
  now.ask(request_of_resource(target, now.asked),
          [end = std::move(rest), uri = std::string(*uri)](http_response answer) mutable {
            if (answer.status == 404) return end.refuse(no_such_resource(end.era, uri));
            if (answer.status >= 400) return end.refuse(refusal_of(answer));
            json::object shown{
                {"uri", uri}, {"mimeType", "application/json"}, {"text", answer.body}};
            end.finish({{"contents", json::array{std::move(shown)}}}, freshness::own_rows,
                       std::move(answer));
          });
}

void mcp_engine::get_prompt(call now) const {
  const auto name = text_param(now.params, "name");
  const mcp_prompt* prompt = name ? catalog_.find_prompt(*name) : nullptr;
  if (prompt == nullptr) {
    return now.refuse(bad_params("Unknown prompt: " + std::string(name.value_or(""))));
  }
  const json::object* given = object_param(now.params, "arguments");
  const auto text = prompt_text(*prompt, given != nullptr ? *given : json::object{});
  if (!text) return now.refuse(text.error());
  json::object message{{"role", "user"},
                       {"content", json::object{{"type", "text"}, {"text", *text}}}};
  now.finish({{"description", prompt->description},
              {"messages", json::array{std::move(message)}}});
}

void mcp_engine::complete(call now) const {
  const json::object* reference = object_param(now.params, "ref");
  const json::object* argument = object_param(now.params, "argument");
  const auto name = argument != nullptr ? text_param(*argument, "name") : std::nullopt;
  const auto typed = argument != nullptr ? text_param(*argument, "value") : std::nullopt;
  const auto type = reference != nullptr ? text_param(*reference, "type") : std::nullopt;
  if (!name || !typed || !type) {
    return now.refuse(bad_params("ref needs a type; argument needs name and value."));
  }
  if (*type == "ref/prompt") {
    const auto wanted = text_param(*reference, "name");
    if (!wanted || catalog_.find_prompt(*wanted) == nullptr) {
      return now.refuse(bad_params("Unknown prompt: " + std::string(wanted.value_or(""))));
    }
    return now.finish(completion_of({}));  // nothing that could be guessed
  }
  const auto uri = text_param(*reference, "uri");
  const bool known = *type == "ref/resource" && uri == catalog_.number_template().uri;
  if (!known || *name != "id") return now.refuse(bad_params("Nothing to complete there."));
  auto rest = now.keep();
  now.ask(request_of_resource("/v1/phone?limit=100", now.asked),
          [end = std::move(rest), typed = std::string(*typed)](http_response answer) mutable {
            if (answer.status >= 400) return end.refuse(refusal_of(answer));
            end.finish(completion_of(matching_ids(answer.body, typed)), freshness::none);
          });
}

}  // namespace dialplane
