#include "edge/mcp/prompt_text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "edge/mcp/replace_all.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t prompt_value_bytes_max = 200;

rpc_refusal wrong(std::string message) {
  return {.code = rpc_code::invalid_params, .message = std::move(message)};
}

rpc_result<std::string> value_of(const prompt_argument& argument, const json::object& given) {
  const json::value* value = given.if_contains(argument.name);
  if (value == nullptr) {
    if (argument.required) return wrong(argument.name + " is required.");
    return std::string();
  }
  const json::string* text = value->if_string();
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; };
  if (text == nullptr || text->size() > prompt_value_bytes_max ||
      std::any_of(text->begin(), text->end(), is_control)) {
    return wrong(argument.name + " must be one line of at most 200 characters.");
  }
  return std::string(std::string_view(*text));
}

}  // namespace

rpc_result<std::string> prompt_text(const mcp_prompt& prompt, const json::object& given) {
  for (const auto& [name, value] : given) {
    const auto known = [&name](const prompt_argument& each) { return each.name == name; };
    if (std::none_of(prompt.arguments.begin(), prompt.arguments.end(), known)) {
      return wrong(prompt.name + " has no argument " + std::string(name) + ".");
    }
  }
  std::vector<std::pair<std::string, std::string>> values;
  for (const prompt_argument& argument : prompt.arguments) {
    auto value = value_of(argument, given);
    if (!value) return std::move(value).error();
    values.emplace_back("{" + argument.name + "}", *value);
    std::string clause = value->empty() ? std::string() : argument.clause;
    replace_all(clause, "{value}", *value);
    values.emplace_back("{+" + argument.name + "}", std::move(clause));
  }
  // One pass over the prompt's own text: what a value holds is not looked at again.
  std::string out;
  std::string_view rest = prompt.text;
  while (!rest.empty()) {
    const auto at = std::find_if(values.begin(), values.end(), [rest](const auto& each) {
      return rest.starts_with(each.first);
    });
    if (at == values.end()) {
      out += rest.front();
      rest.remove_prefix(1);
    } else {
      out += at->second;
      rest.remove_prefix(at->first.size());
    }
  }
  return out;
}

}  // namespace dialplane
