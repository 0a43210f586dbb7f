#include "edge/mcp/tool_catalog.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/check.hpp"
#include "base/object_reader.hpp"
#include "edge/mcp/replace_all.hpp"
#include "edge/mcp/tools_embedded.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

// What a result can always be instead: why the call did not succeed.
constexpr std::string_view refusal_schema = "verdict";

std::string text_of_member(const json::object& from, std::string_view name) {
  const json::value* value = from.if_contains(name);
  return value != nullptr ? std::string(value->as_string()) : std::string();
}

// Longer texts are written as a list of sentences.
std::string joined(const json::value& text, std::string_view between) {
  if (text.is_string()) return std::string(text.get_string());
  std::string whole;
  for (const json::value& part : text.as_array()) {
    if (&part != text.as_array().begin()) whole += between;
    whole += std::string_view(part.as_string());
  }
  return whole;
}

// Every price a description may name.
std::string with_prices(std::string text, const price_list& prices) {
  const auto first = [&prices](number_type type) {
    return quote_number(prices, type, {.brand = true, .campaign = true}).total;
  };
  const auto further = [&prices](number_type type) {
    const bool own_filing = type == number_type::toll_free;
    return quote_number(prices, type, {.brand = false, .campaign = own_filing}).total;
  };
  const std::pair<std::string_view, micro_credits> words[] = {
      {"{first_local}", first(number_type::local)},
      {"{first_toll_free}", first(number_type::toll_free)},
      {"{further_local}", further(number_type::local)},
      {"{further_toll_free}", further(number_type::toll_free)},
      {"{registration}", prices.brand_registration + prices.campaign_registration},
      {"{monthly_local}", prices.monthly_local},
      {"{monthly_toll_free}", prices.monthly_toll_free},
      {"{segment}", prices.outbound_sms_segment},
      {"{inbound}", prices.inbound_sms}};
  for (const auto& [word, price] : words) replace_all(text, word, to_decimal(price));
  return text;
}

// The names of the shared schemas that `schema` needs, its own needs included.
void collect_references(const json::value& schema, const json::object& shared,
                        std::set<std::string>& names) {
  constexpr std::string_view prefix = "#/$defs/";
  if (const json::array* items = schema.if_array()) {
    for (const json::value& item : *items) collect_references(item, shared, names);
  }
  const json::object* members = schema.if_object();
  if (members == nullptr) return;
  for (const auto& [name, value] : *members) {
    if (name != "$ref" || !value.is_string()) {
      collect_references(value, shared, names);
      continue;
    }
    const std::string_view target(value.get_string());
    CHECK(target.starts_with(prefix));
    const std::string found(target.substr(prefix.size()));
    CHECK(shared.contains(found));
    if (names.insert(found).second) collect_references(shared.at(found), shared, names);
  }
}

json::object output_schema(const json::value& result, const json::object& shared) {
  const json::object refusal{{"$ref", "#/$defs/" + std::string(refusal_schema)}};
  json::object schema{{"type", "object"}, {"anyOf", json::array{result, refusal}}};
  std::set<std::string> names;
  collect_references(schema, shared, names);
  json::object used;
  for (const std::string& name : names) used[name] = shared.at(name);
  schema["$defs"] = std::move(used);
  return schema;
}

bool among(const json::object& from, std::string_view list, std::string_view name) {
  const json::value* items = from.if_contains(list);
  if (items == nullptr) return false;
  return std::any_of(items->as_array().begin(), items->as_array().end(),
                     [name](const json::value& item) { return item.as_string() == name; });
}

argument_place place_of(const json::object& call, const mcp_tool& tool, std::string_view name) {
  const std::string in_path = "{" + std::string(name) + "}";
  if (tool.path.find(in_path) != std::string::npos) return argument_place::path;
  if (tool.other_path.find(in_path) != std::string::npos) return argument_place::path;
  if (name == "user_id" || name == "idempotency_key") return argument_place::header;
  return among(call, "query", name) ? argument_place::query : argument_place::body;
}

void add_arguments(const json::object& row, const json::object& call, mcp_tool& tool) {
  for (const auto& [name, schema] : row.at("arguments").as_object()) {
    const bool number = text_of_member(schema.as_object(), "type") == "integer";
    tool.arguments.push_back({.name = std::string(name),
                              .place = place_of(call, tool, name),
                              .required = among(row, "required", name),
                              .takes_number = number});
  }
}

}  // namespace

tool_catalog::tool_catalog(const price_list& prices) {
  json::value whole = json::parse(with_prices(std::string(embedded_mcp_definitions()), prices));
  const json::object& all = whole.as_object();
  instructions_ = joined(all.at("instructions"), " ");
  const json::object& shared = all.at("$defs").as_object();
  for (const json::value& row : all.at("tools").as_array()) read_tool(row.as_object(), shared);
  read_resources(all);
  read_prompts(all.at("prompts").as_array());
}

void tool_catalog::read_tool(const json::object& row, const json::object& shared) {
  const json::object& call = row.at("call").as_object();
  mcp_tool tool;
  tool.name = text_of_member(row, "name");
  tool.method = text_of_member(call, "method");
  tool.path = text_of_member(call, "path");
  tool.fixed_query = text_of_member(call, "fixed_query");
  if (const json::value* other = call.if_contains("path_if")) {
    const auto& only = *other->as_object().begin();
    tool.other_path_argument = only.key();
    tool.other_path = std::string_view(only.value().as_string());
  }
  tool.shows_outside_text = row.contains("outside_text");
  add_arguments(row, call, tool);
  json::object input{{"type", "object"},
                     {"properties", row.at("arguments")},
                     {"additionalProperties", false}};
  if (!row.at("required").as_array().empty()) input["required"] = row.at("required");
  json::object annotations = row.at("annotations").as_object();
  annotations["title"] = row.at("title");
  listed_tools_.push_back(json::object{{"name", row.at("name")},
                                       {"title", row.at("title")},
                                       {"description", joined(row.at("description"), " ")},
                                       {"inputSchema", std::move(input)},
                                       {"outputSchema", output_schema(row.at("result"), shared)},
                                       {"annotations", std::move(annotations)}});
  tools_.push_back(std::move(tool));
}

void tool_catalog::read_resources(const json::object& whole) {
  for (const json::value& each : whole.at("resources").as_array()) {
    json::object row = each.as_object();
    resources_.push_back({text_of_member(row, "uri"), text_of_member(row, "path")});
    row.erase("path");
    listed_resources_.push_back(std::move(row));
  }
  const json::array& templates = whole.at("templates").as_array();
  CHECK(templates.size() == 1);  // one is all that read_resource looks for
  json::object row = templates.front().as_object();
  number_template_ = {text_of_member(row, "uriTemplate"), text_of_member(row, "path")};
  CHECK(number_template_.uri.ends_with("{id}"));
  row.erase("path");
  listed_templates_.push_back(std::move(row));
}

void tool_catalog::read_prompts(const json::array& rows) {
  for (const json::value& each : rows) {
    json::object row = each.as_object();
    mcp_prompt prompt{.name = text_of_member(row, "name"),
                      .description = text_of_member(row, "description"),
                      .text = joined(row.at("text"), "\n"),
                      .arguments = {}};
    for (json::value& argument : row.at("arguments").as_array()) {
      json::object& members = argument.as_object();
      prompt.arguments.push_back({.name = text_of_member(members, "name"),
                                  .required = members.at("required").as_bool(),
                                  .clause = text_of_member(members, "clause")});
      members.erase("clause");
    }
    row.erase("text");
    listed_prompts_.push_back(std::move(row));
    prompts_.push_back(std::move(prompt));
  }
}

const mcp_tool* tool_catalog::find_tool(std::string_view name) const {
  const auto found = std::find_if(tools_.begin(), tools_.end(),
                                  [name](const mcp_tool& tool) { return tool.name == name; });
  return found != tools_.end() ? &*found : nullptr;
}

const mcp_prompt* tool_catalog::find_prompt(std::string_view name) const {
  const auto found = std::find_if(prompts_.begin(), prompts_.end(),
                                  [name](const mcp_prompt& one) { return one.name == name; });
  return found != prompts_.end() ? &*found : nullptr;
}

std::string tool_catalog::nearest_tool(std::string_view wrong) const {
  constexpr std::size_t limit = 6;
  constexpr std::size_t longest = 64;
  if (wrong.size() > longest) return {};
  std::string nearest;
  std::size_t least = limit + 1;
  for (const mcp_tool& tool : tools_) {
    const std::size_t distance = edit_distance(wrong, tool.name, limit);
    if (distance >= least) continue;
    least = distance;
    nearest = tool.name;
  }
  return nearest;
}

}  // namespace dialplane
