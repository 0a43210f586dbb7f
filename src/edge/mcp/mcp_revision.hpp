// Which revision of the Model Context Protocol a message speaks, judged for each message alone:
// nothing is remembered between two of them.
//
//   legacy  2025-11-25 and 2025-06-18: a client begins with `initialize`, and says the revision in
//           the MCP-Protocol-Version header from then on (or in no header at all)
//   modern  2026-07-28: every request carries the revision and the client's capabilities in its
//           _meta, and mirrors revision, method and name in HTTP headers, which must agree
//
// Rules: specification 2026-07-28, basic (_meta), basic/versioning and
// basic/transports/streamable-http (Server Validation). Pure functions.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "edge/mcp/json_rpc.hpp"
#include "net/http.hpp"

namespace dialplane {

enum class mcp_era { legacy, modern };

inline constexpr std::string_view modern_revision = "2026-07-28";
// Newest first: what `initialize` offers where it does not know the wanted one.
inline constexpr std::array<std::string_view, 2> legacy_revisions = {"2025-11-25", "2025-06-18"};

// {"2026-07-28", "2025-11-25", …}
boost::json::array supported_revisions();

// Refusals have the HTTP status the specification asks for: 400.
rpc_result<mcp_era> judge_revision(const rpc_message& message, const http_request& asked);

// The text of a header that may come as =?base64?…?=. Nothing: the encoding is broken, or the value
// holds something else than visible ASCII and blanks.
std::optional<std::string> mirrored_value(std::string_view header);

}  // namespace dialplane
