#include "base/sealing.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "base/check.hpp"
#include "base/crypto.hpp"
#include "base/utf8.hpp"

namespace dialplane {

namespace {

constexpr char seal_version = 1;
constexpr std::size_t key_id_bytes = 4;
constexpr std::size_t seal_header_bytes = 1 + key_id_bytes;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
constexpr std::size_t max_plain_bytes = 64 * 1024 * 1024;
constexpr std::size_t max_key_file_bytes = 256;

struct free_cipher_context {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using cipher_context = std::unique_ptr<EVP_CIPHER_CTX, free_cipher_context>;

cipher_context new_cipher_context() {
  cipher_context context(EVP_CIPHER_CTX_new());
  CHECK(context != nullptr);
  return context;
}

const EVP_CIPHER* aes_256_gcm() {
  static const EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  CHECK(algorithm != nullptr);
  return algorithm;
}

unsigned char* unsigned_at(char* at) { return reinterpret_cast<unsigned char*>(at); }
const unsigned char* unsigned_at(const char* at) {
  return reinterpret_cast<const unsigned char*>(at);
}

int length_of(std::string_view text) { return static_cast<int>(text.size()); }

// A file descriptor that closes itself.
struct open_file {
  int descriptor;
  explicit open_file(int opened) : descriptor(opened) {}
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

error key_file_refused(const std::string& path, std::string_view why) {
  return refused(error_code::not_configured,
                 "The master key file " + path + " cannot be used: " + std::string(why));
}

std::string system_reason(int code) { return std::string(std::strerror(code)) + "."; }

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// So that the new name survives a power cut.
void sync_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const open_file file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.descriptor >= 0) ::fsync(file.descriptor);
}

// Writes beside the path, then links: the file appears complete, and never over another one.
result<void> make_key_file(const std::string& path, random_source& random) {
  sealer::key bytes;
  random.fill(bytes);
  std::array<std::uint8_t, 8> suffix;
  random.fill(suffix);
  const std::string draft = path + "." + hex(suffix) + ".new";
  std::string text = hex(bytes) + "\n";
  OPENSSL_cleanse(bytes.data(), bytes.size());
  int code = 0;
  {
    const open_file file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.descriptor < 0) return key_file_refused(path, system_reason(errno));
    const bool written = write_all(file.descriptor, text) && ::fsync(file.descriptor) == 0;
    if (!written) code = errno;
  }
  OPENSSL_cleanse(text.data(), text.size());
  if (code == 0 && ::link(draft.c_str(), path.c_str()) != 0) code = errno;
  ::unlink(draft.c_str());
  // Another process was first: its key counts.
  if (code != 0 && code != EEXIST) return key_file_refused(path, system_reason(code));
  sync_folder_of(path);
  return {};
}

result<void> check_key_file(const std::string& path, int descriptor) {
  struct stat about {};
  if (::fstat(descriptor, &about) != 0) return key_file_refused(path, system_reason(errno));
  if (!S_ISREG(about.st_mode)) return key_file_refused(path, "it is not a regular file.");
  if ((about.st_mode & 077) != 0) {
    return key_file_refused(path, "others may read or write it; run chmod 600 on it.");
  }
  return {};
}

std::optional<std::string> decode_key(std::string_view text) {
  text = trim(text);
  if (text.size() == sealer::key_bytes * 2) return parse_hex(text);
  return parse_base64(text);
}

result<sealer::key> read_key(const std::string& path, int descriptor) {
  std::array<char, max_key_file_bytes> text;
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(descriptor, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return key_file_refused(path, system_reason(errno));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  std::optional<std::string> decoded = decode_key({text.data(), size});
  OPENSSL_cleanse(text.data(), text.size());
  if (!decoded || decoded->size() != sealer::key_bytes) {
    return key_file_refused(path, "it must hold 32 bytes as 64 hex digits or as base64.");
  }
  sealer::key key;
  std::copy_n(bytes_of(*decoded).begin(), key.size(), key.begin());
  OPENSSL_cleanse(decoded->data(), decoded->size());
  return key;
}

}  // namespace

sealer::sealer(const key& master_key, random_source& random)
    : key_(master_key), key_id_{}, random_(&random) {
  const sha256_digest digest = sha256(text_of(key_));
  std::copy_n(digest.begin(), key_id_.size(), key_id_.begin());
}

sealer::sealer(sealer&& other) noexcept
    : key_(other.key_), key_id_(other.key_id_), random_(other.random_) {
  OPENSSL_cleanse(other.key_.data(), other.key_.size());
  other.random_ = nullptr;
}

sealer::~sealer() { OPENSSL_cleanse(key_.data(), key_.size()); }

result<sealer> sealer::from_key_file(const std::string& path, random_source& random,
                                     when_absent absent) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0 && errno == ENOENT && absent == when_absent::make) {
    TRY(make_key_file(path, random));
    descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  }
  const open_file file(descriptor);
  if (descriptor < 0) return key_file_refused(path, system_reason(errno));
  TRY(check_key_file(path, descriptor));
  TRY_ASSIGN(key master_key, read_key(path, descriptor));
  sealer made(master_key, random);
  OPENSSL_cleanse(master_key.data(), master_key.size());
  return made;
}

std::string sealer::seal(std::string_view plaintext, std::string_view purpose) const {
  CHECK(random_ != nullptr && plaintext.size() <= max_plain_bytes);
  std::string sealed(seal_header_bytes + nonce_bytes + plaintext.size() + tag_bytes, '\0');
  sealed[0] = seal_version;
  std::copy(key_id_.begin(), key_id_.end(), sealed.begin() + 1);
  unsigned char* nonce = unsigned_at(sealed.data()) + seal_header_bytes;
  random_->fill({nonce, nonce_bytes});
  unsigned char* text = nonce + nonce_bytes;

  const cipher_context context = new_cipher_context();
  int size = 0;
  CHECK(EVP_EncryptInit_ex2(context.get(), aes_256_gcm(), key_.data(), nonce, nullptr) == 1);
  CHECK(EVP_EncryptUpdate(context.get(), nullptr, &size, unsigned_at(sealed.data()),
                          seal_header_bytes) == 1);
  CHECK(EVP_EncryptUpdate(context.get(), nullptr, &size, unsigned_at(purpose.data()),
                          length_of(purpose)) == 1);
  CHECK(EVP_EncryptUpdate(context.get(), text, &size, unsigned_at(plaintext.data()),
                          length_of(plaintext)) == 1);
  unsigned char* tag = text + plaintext.size();
  CHECK(EVP_EncryptFinal_ex(context.get(), tag, &size) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_bytes, tag) == 1);
  return sealed;
}

result<std::string> sealer::open(std::string_view sealed, std::string_view purpose) const {
  constexpr std::size_t overhead = seal_header_bytes + nonce_bytes + tag_bytes;
  if (sealed.size() < overhead || sealed.size() > max_plain_bytes + overhead) {
    return internal_fault("a sealed value has an impossible size");
  }
  if (sealed[0] != seal_version) return internal_fault("a sealed value of an unknown version");
  if (sealed.substr(1, key_id_bytes) != text_of(key_id_)) {
    return internal_fault("a value sealed with another key (" +
                          hex(bytes_of(sealed.substr(1, key_id_bytes))) + ")");
  }
  const std::string_view nonce = sealed.substr(seal_header_bytes, nonce_bytes);
  const std::string_view text =
      sealed.substr(seal_header_bytes + nonce_bytes, sealed.size() - overhead);
  std::string tag(sealed.substr(sealed.size() - tag_bytes));  // the interface wants it writable

  const cipher_context context = new_cipher_context();
  std::string plain(text.size(), '\0');
  int size = 0;
  CHECK(EVP_DecryptInit_ex2(context.get(), aes_256_gcm(), key_.data(),
                            unsigned_at(nonce.data()), nullptr) == 1);
  CHECK(EVP_DecryptUpdate(context.get(), nullptr, &size, unsigned_at(sealed.data()),
                          seal_header_bytes) == 1);
  CHECK(EVP_DecryptUpdate(context.get(), nullptr, &size, unsigned_at(purpose.data()),
                          length_of(purpose)) == 1);
  CHECK(EVP_DecryptUpdate(context.get(), unsigned_at(plain.data()), &size,
                          unsigned_at(text.data()), length_of(text)) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_bytes, tag.data()) == 1);
  if (EVP_DecryptFinal_ex(context.get(), unsigned_at(tag.data()), &size) != 1) {
    OPENSSL_cleanse(plain.data(), plain.size());  // unverified: nobody may see it
    return internal_fault("a sealed value was altered or belongs to another purpose");
  }
  return plain;
}

std::string sealer::key_id() const { return hex(key_id_); }

}  // namespace dialplane
