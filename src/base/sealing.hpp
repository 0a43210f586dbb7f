// Sealing at rest: what may not lie readable in the database (EINs, carrier secrets, frozen
// requests) is encrypted and authenticated with one master key before it is stored.
//
// AES-256-GCM. A sealed value is: version byte 1, key id (first 4 bytes of the key's SHA-256),
// 12 random bytes of nonce, ciphertext, 16-byte tag. The purpose is authenticated with it, so a
// sealed value moved to another column does not open there. The sealer owns its copy of the key
// and wipes it; it never writes it anywhere except into a key file it makes at first start.
// Random nonces are safe for 2^32 values per key (NIST SP 800-38D §8.3).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/random.hpp"

namespace dialplane {

class sealer {
 public:
  static constexpr std::size_t key_bytes = 32;
  using key = std::array<std::uint8_t, key_bytes>;

  // `random` must outlive the sealer.
  sealer(const key& master_key, random_source& random);
  sealer(sealer&& other) noexcept;
  sealer& operator=(sealer&& other) = delete;
  sealer(const sealer&) = delete;
  sealer& operator=(const sealer&) = delete;
  ~sealer();

  enum class when_absent { refuse, make };

  // Reads 32 bytes written as 64 hex digits or as base64; white space around them is ignored.
  // Refused (not_configured, the message is for the operator and says what to do): no such file
  // and not allowed to make one; readable or writable by group or others; another size. A new file
  // has mode 0600 and appears complete or not at all.
  static result<sealer> from_key_file(const std::string& path, random_source& random,
                                      when_absent absent);

  // `purpose` names what the value is ("ein"); the same one is needed to open it.
  std::string seal(std::string_view plaintext, std::string_view purpose) const;
  // An internal_fault for anything that this key did not seal for this purpose.
  result<std::string> open(std::string_view sealed, std::string_view purpose) const;

  // First 4 bytes of the key's SHA-256, in hex: safe to log, tells keys apart.
  std::string key_id() const;

 private:
  key key_;
  std::array<std::uint8_t, 4> key_id_;
  random_source* random_;
};

}  // namespace dialplane
