#include "edge/mcp/mcp_revision.hpp"

#include <algorithm>
#include <utility>

#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::string_view version_member = "io.modelcontextprotocol/protocolVersion";
constexpr std::string_view capabilities_member = "io.modelcontextprotocol/clientCapabilities";
constexpr std::string_view client_member = "io.modelcontextprotocol/clientInfo";
constexpr std::string_view encoded_prefix = "=?base64?";
constexpr std::string_view encoded_suffix = "?=";

rpc_refusal mismatch(std::string message) {
  return {.code = rpc_code::header_mismatch, .message = std::move(message),
          .http_status = bad_request_status};
}

rpc_refusal bad_meta(std::string message) {
  return {.code = rpc_code::invalid_params, .message = std::move(message),
          .http_status = bad_request_status};
}

rpc_refusal unsupported(std::string_view wanted) {
  return {.code = rpc_code::unsupported_version,
          .message = "Unsupported protocol version",
          .http_status = bad_request_status,
          .data = json::object{{"supported", supported_revisions()}, {"requested", wanted}}};
}

bool is_legacy(std::string_view revision) {
  return std::find(legacy_revisions.begin(), legacy_revisions.end(), revision) !=
         legacy_revisions.end();
}

std::optional<std::string_view> text_member(const json::object& from, std::string_view name) {
  const json::value* value = from.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string_view(value->get_string());
}

const json::object* object_member(const json::object& from, std::string_view name) {
  const json::value* value = from.if_contains(name);
  return value != nullptr ? value->if_object() : nullptr;
}

std::optional<std::string_view> header_of(const http_request& asked, std::string_view name) {
  const std::string* value = asked.header(name);
  if (value == nullptr) return std::nullopt;
  return trim(*value);
}

// Which member of params the Mcp-Name header mirrors; empty: none.
std::string_view named_member(std::string_view method) {
  if (method == "tools/call" || method == "prompts/get") return "name";
  if (method == "resources/read") return "uri";
  return {};
}

rpc_result<void> judge_meta(const rpc_message& message, std::string_view& version) {
  const json::object* meta = object_member(*message.params, "_meta");
  if (meta == nullptr) {
    return bad_meta("params._meta must be an object with " + std::string(version_member) +
                    " and " + std::string(capabilities_member) + ".");
  }
  const auto stated = text_member(*meta, version_member);
  if (!stated) return bad_meta(std::string(version_member) + " must be a text.");
  version = *stated;
  if (object_member(*meta, capabilities_member) == nullptr) {
    return bad_meta(std::string(capabilities_member) + " must be an object.");
  }
  if (meta->contains(client_member) && object_member(*meta, client_member) == nullptr) {
    return bad_meta(std::string(client_member) + " must be an object.");
  }
  return {};
}

rpc_result<void> judge_mirrors(const rpc_message& message, const http_request& asked) {
  const bool is_request = message.kind == rpc_kind::request;
  const auto method = header_of(asked, "mcp-method");
  if (!method && is_request) return mismatch("The Mcp-Method header is missing.");
  if (method && *method != message.method) {
    return mismatch("The Mcp-Method header is not the method of the message.");
  }
  const std::string_view member = named_member(message.method);
  if (member.empty()) return {};
  const auto wanted = text_member(*message.params, member);
  if (!wanted) return {};  // the method itself refuses that
  const auto name = header_of(asked, "mcp-name");
  if (!name) return mismatch("The Mcp-Name header is missing.");
  const auto read = mirrored_value(*name);
  if (!read) return mismatch("The Mcp-Name header cannot be read.");
  if (*read != *wanted) {
    return mismatch("The Mcp-Name header is not params." + std::string(member) + ".");
  }
  return {};
}

// A header that is there twice could be read two ways.
rpc_result<void> judge_repeats(const http_request& asked) {
  for (const std::string_view name : {"mcp-protocol-version", "mcp-method", "mcp-name"}) {
    if (asked.count_of(name) > 1) {
      return mismatch("The " + std::string(name) + " header must be sent once.");
    }
  }
  return {};
}

}  // namespace

json::array supported_revisions() {
  json::array all{modern_revision};
  for (const std::string_view each : legacy_revisions) all.emplace_back(each);
  return all;
}

std::optional<std::string> mirrored_value(std::string_view header) {
  const bool plain = std::all_of(header.begin(), header.end(),
                                 [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; });
  if (!plain) return std::nullopt;
  const bool encoded = header.size() >= encoded_prefix.size() + encoded_suffix.size() &&
                       header.starts_with(encoded_prefix) && header.ends_with(encoded_suffix);
  if (!encoded) return std::string(header);
  header.remove_prefix(encoded_prefix.size());
  header.remove_suffix(encoded_suffix.size());
  return parse_base64(header);
}

rpc_result<mcp_era> judge_revision(const rpc_message& message, const http_request& asked) {
  TRY(judge_repeats(asked));
  const auto header = header_of(asked, "mcp-protocol-version");
  const json::object* meta = object_member(*message.params, "_meta");
  const bool says_so = meta != nullptr && meta->contains(version_member);
  const bool is_modern =
      says_so || header == modern_revision || message.method == "server/discover";
  if (!is_modern) {
    if (header && !is_legacy(*header)) return unsupported(*header);
    return mcp_era::legacy;
  }
  // A notification needs no _meta: the revision defines none for this transport.
  if (message.kind != rpc_kind::request && !says_so) return mcp_era::modern;
  std::string_view version;
  TRY(judge_meta(message, version));
  if (!header) return mismatch("The MCP-Protocol-Version header is missing.");
  if (*header != version) {
    return mismatch("The MCP-Protocol-Version header is not the revision in _meta.");
  }
  if (version != modern_revision) return unsupported(version);
  TRY(judge_mirrors(message, asked));
  return mcp_era::modern;
}

}  // namespace dialplane
