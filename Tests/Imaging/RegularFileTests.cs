using System.Diagnostics;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Data;

namespace EmotionMLNet.Tests.Imaging;

/// <summary>Only regular files are opened, up to a size: a pipe would block for ever, a device never ends.</summary>
public sealed class RegularFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [UnixFact]
    public void A_named_pipe_is_refused_and_nobody_waits_for_it()
    {
        string pipe = Pipe("pipe.jpg");
        AssertRefused(pipe, "a named pipe, not a regular file");
        File.CreateSymbolicLink(folder["link.jpg"], pipe);
        AssertRefused(folder["link.jpg"], "a named pipe, not a regular file");
    }

    [UnixFact]
    public void A_link_to_an_endless_device_is_refused()
    {
        File.CreateSymbolicLink(folder["zero.png"], "/dev/zero");
        AssertRefused(folder["zero.png"], "a device, not a regular file");
    }

    [Fact]
    public void A_folder_is_refused() => AssertRefused(folder.FullName, "a folder, not a regular file");

    [Fact]
    public void A_path_with_a_NUL_is_refused() => AssertRefused(folder["a\0b.png"], "a path can't hold a NUL");

    [Fact]
    public void Nothing_at_the_path_is_what_it_is_everywhere_in_NET()
    {
        Assert.Throws<FileNotFoundException>(() => RegularFile.ReadAllBytes(folder["none.png"]));
        Assert.Throws<FileNotFoundException>(() => new FileBuffer().Read(folder["none.png"]).Length);
        Assert.Throws<FileNotFoundException>(() => RegularFile.Check(folder["none.png"]));
        Assert.Throws<DirectoryNotFoundException>(() => RegularFile.ReadAllBytes(folder[Path.Combine("none", "none.png")]));
        Assert.False(RegularFile.Exists(folder["none.png"]));
    }

    [Fact]
    public void A_file_above_the_limit_is_refused_before_a_byte_of_it_is_read()
    {
        string path = folder["large.png"];
        using (FileStream stream = File.Create(path)) stream.SetLength(RegularFile.DefaultMaxBytes + 1); // sparse
        AssertRefused(path, "268435457 bytes are more than the limit of 268435456");
        EmotionMLNet.Files.AtomicFile.Write(path, s => s.Write(new byte[11]));
        Assert.Throws<UnusableFileException>(() => RegularFile.ReadAllBytes(path, 10));
        Assert.Equal(11, RegularFile.ReadAllBytes(path, 11).Length);
        Assert.Throws<UnusableFileException>(() => ImageReader.ReadFile(path, new ImageReaderOptions { MaxFileBytes = 10 }));
        Assert.Contains(
            "unknown, byte 0: 11 bytes are more than the limit of 10",
            Assert.Throws<ImageFormatException>(() => ImageReader.Read(new byte[11], new ImageReaderOptions { MaxFileBytes = 10 })).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_bytes_are_those_of_the_file_whatever_was_read_before()
    {
        var buffer = new FileBuffer();
        var random = new Random(1);
        foreach (int length in (int[])[0, 5, 70_000, 3, (1 << 23) + 1, 100])
        {
            byte[] content = new byte[length];
            random.NextBytes(content);
            EmotionMLNet.Files.AtomicFile.Write(folder["file.bin"], s => s.Write(content));
            Assert.Equal(content, buffer.Read(folder["file.bin"]).ToArray());
            Assert.Equal(content, RegularFile.ReadAllBytes(folder["file.bin"]));
            Assert.True(RegularFile.Exists(folder["file.bin"]));
        }
    }

    [UnixFact]
    public void A_link_to_a_file_is_read_and_so_is_a_file_without_a_length()
    {
        EmotionMLNet.Files.AtomicFile.Write(folder["file.bin"], s => s.Write([1, 2, 3]));
        File.CreateSymbolicLink(folder["link.bin"], folder["file.bin"]);
        Assert.Equal([1, 2, 3], new FileBuffer().Read(folder["link.bin"]).ToArray());
        if (File.Exists("/proc/self/status")) Assert.NotEmpty(RegularFile.ReadAllBytes("/proc/self/status"));
    }

    [Fact]
    public void An_endless_stream_ends_at_the_limit()
    {
        var limits = new ImageReaderOptions { MaxFileBytes = 100_000 };
        using var endless = new Endless();
        Assert.Contains(
            "more than the limit of 100000 bytes",
            Assert.Throws<ImageFormatException>(() => ImageReader.Read(endless, limits)).Message,
            StringComparison.Ordinal
        );
        Assert.InRange(endless.Given, 100_001, 400_000);
        EmotionClassifier classifier = EmotionClassifier.From(TinyModel.Make(), new EmotionClassifierOptions { Reader = limits });
        Assert.Throws<ImageFormatException>(() => classifier.Classify(endless));
    }

    [UnixFact]
    public void A_folder_with_a_pipe_and_a_device_is_classified_to_its_end()
    {
        string pipe = Pipe("a.png"), device = folder["b.png"], picture = folder["c.png"];
        File.CreateSymbolicLink(device, "/dev/zero");
        EmotionMLNet.Files.AtomicFile.Write(
            picture,
            s => s.Write(EmotionMLNet.Imaging.Png.PngEncoder.Encode(new Image(8, 8, 1, new byte[64])))
        );
        EmotionClassifier classifier = EmotionClassifier.From(TinyModel.Make());
        FileResult[] results = [.. classifier.ClassifyMany([pipe, device, picture], threads: 2)];
        Assert.Equal($"{pipe}: a named pipe, not a regular file", results[0].Error);
        Assert.Equal($"{device}: a device, not a regular file", results[1].Error);
        Assert.Null(results[2].Error);
    }

    [Fact]
    public async Task Classifying_many_is_cancelled_while_a_picture_waits_for_memory()
    {
        // All the memory there is is taken, so the picture can't begin; its thread must still come back.
        EmotionMLNet.Files.AtomicFile.Write(folder["large.png"], s => s.Write(WorstPictures.Png(1 << 17, 20, 8, 6, interlaced: false)));
        EmotionClassifier classifier = EmotionClassifier.From(
            TinyModel.Make(),
            new EmotionClassifierOptions { Reader = new ImageReaderOptions { MaxWorkingBytes = 16 << 20 } }
        );
        using var cancellation = new CancellationTokenSource();
        DecodingBudget.Shared.Take(1L << 40, long.MaxValue, CancellationToken.None);
        try
        {
            var work = Task.Run(() => classifier.ClassifyMany([folder["large.png"]], 1, cancellation.Token).Count());
            while (DecodingBudget.Shared.Waiting == 0 && !work.IsCompleted) await Task.Delay(1);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        }
        finally
        {
            DecodingBudget.Shared.Return(1L << 40);
        }
    }

    private static void AssertRefused(string path, string reason)
    {
        string message = $"{path}: {reason}";
        Assert.Equal(message, Assert.Throws<UnusableFileException>(() => RegularFile.Open(path).Dispose()).Message);
        Assert.Equal(message, Assert.Throws<UnusableFileException>(() => RegularFile.ReadAllBytes(path)).Message);
        Assert.Equal(message, Assert.Throws<UnusableFileException>(() => RegularFile.Check(path)).Message);
        Assert.Equal(message, Assert.Throws<UnusableFileException>(() => new FileBuffer().Read(path).Length).Message);
        Assert.Equal(message, Assert.Throws<UnusableFileException>(() => ImageReader.ReadFile(path)).Message);
        Assert.Equal(message, Assert.Throws<UnusableFileException>(() => EmotionClassifier.From(TinyModel.Make()).Classify(path)).Message);
        Assert.Equal(message, Assert.Throws<UnusableFileException>(() => new FileContent(path).Read()).Message);
    }

    private string Pipe(string name)
    {
        using Process process = Process.Start("mkfifo", [folder[name]]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return folder[name];
    }

    private sealed class Endless : MemoryStream
    {
        public long Given { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            Given += buffer.Length;
            return buffer.Length;
        }
    }
}
