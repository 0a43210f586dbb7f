// The Model Context Protocol at this server's HTTP edge: takes the message of a request that
// rest_service has let in (Host, Origin, key, rate), bounds how many calls of a key are under way,
// and lets the engine answer it with REST requests that go through the same rest_service.
//
// Owned by server/; outlives the rest_service that calls it. Safe from several threads. It keeps
// nothing between two messages but the number of calls under way.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/ids.hpp"
#include "edge/mcp/mcp_engine.hpp"
#include "edge/mcp/mcp_settings.hpp"
#include "edge/rest/request_context.hpp"

namespace dialplane {

class mcp_service {
 public:
  mcp_service(const price_list& prices, mcp_settings settings)
      : engine_(prices), settings_(std::move(settings)) {}
  mcp_service(const mcp_service&) = delete;
  mcp_service& operator=(const mcp_service&) = delete;

  // Answers the message in the body of `context`, whose caller is known.
  void take(const rest_context& context);
  const mcp_settings& settings() const { return settings_; }

 private:
  class place;  // one call under way; gives itself back
  std::shared_ptr<place> enter(api_key_id key);

  const mcp_engine engine_;
  const mcp_settings settings_;
  std::mutex mutex_;
  std::unordered_map<api_key_id, std::int64_t> under_way_;  // no row at 0
};

}  // namespace dialplane
