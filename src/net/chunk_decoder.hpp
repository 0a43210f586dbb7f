// Decodes a chunked body (RFC 9112 §7.1) as its bytes come in, whatever their rhythm.
//
// Our own because the parser of Boost 1.81 asserts that the last chunk arrives in large pieces: a
// slow sender could end the process. Chunk extensions and trailers are checked for form, bounded in
// size, and thrown away: nothing may depend on them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dialplane {

class chunk_decoder {
 public:
  enum class progress { need_more, complete, malformed, too_large };

  // At most `body_bytes` of body, and as much as `extra_bytes` of extensions and trailers in all.
  chunk_decoder(std::size_t body_bytes, std::size_t extra_bytes) noexcept
      : body_bytes_(body_bytes), extra_bytes_(extra_bytes) {}

  // Takes everything up to the end of the body, which is appended to `body`; `used` says how much
  // that was. After anything but need_more it must not be called again.
  progress consume(std::string_view bytes, std::size_t& used, std::string& body);

 private:
  enum class state {
    size_first, size_more, extension, size_lf,
    data, data_cr, data_lf,
    trailer_start, trailer_name, trailer_value, trailer_lf, end_lf,
  };

  progress step(char c, std::size_t body_size);
  progress take_size_digit(char c, std::size_t body_size);
  progress take_extra(state next) noexcept;

  state state_ = state::size_first;
  std::uint64_t remaining_ = 0;  // of the chunk
  int digits_ = 0;
  std::size_t body_bytes_;
  std::size_t extra_bytes_;
};

}  // namespace dialplane
