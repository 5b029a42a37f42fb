using System.Runtime.CompilerServices;
using System.Threading.Channels;
using EmotionMLNet.Imaging;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Classifier;

public sealed class ClassifyManyTests
{
    private const int Count = 37; // no multiple of any batch

    private static readonly byte[][] Files = [.. Enumerable.Range(1, Count).Select(Pictures.Png)];

    public static TheoryData<string, string> Models =>
        new()
        {
            { "residual", "none" },
            { "plain", "flip" },
            { "branches", "none" },
            { "depthwise", "crops" },
            { "gates", "none" },
            { "shuffle", "none" },
        };

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Every_way_gives_the_bits_of_one_picture_alone(string network, string views)
    {
        var classifier = EmotionClassifier.From(
            TinyModel.Make(network),
            new EmotionClassifierOptions { TestTimeAugmentation = TestTimeAugmentation.Parse(views) }
        );
        float[][] alone = [.. Files.Select(f => Scores(classifier.Classify(f)))];
        using var folder = new TemporaryFolder();
        string[] paths = [.. Files.Select((_, i) => Pictures.Write(folder[$"{i:00}.png"], i + 1))];
        Image[] images = [.. Files.Select(f => ImageReader.Read(f))];
        foreach (int threads in new[] { 1, 2, 5 })
        {
            Assert.Equal(alone, classifier.ClassifyMany(paths, threads).Select(r => Scores(r.Prediction!)));
            Assert.Equal(alone, classifier.ClassifyMany(Named(), threads).Select(r => Scores(r.Prediction!)));
            Assert.Equal(alone, classifier.ClassifyMany(images, threads).Select(Scores));
            Assert.Equal(alone, await classifier.ClassifyManyAsync(paths, threads).Select(r => Scores(r.Prediction!)).ToArrayAsync());
            Assert.Equal(alone, await classifier.ClassifyManyAsync(Named(), threads).Select(r => Scores(r.Prediction!)).ToArrayAsync());
            Assert.Equal(alone, await classifier.ClassifyManyAsync(images, threads).Select(Scores).ToArrayAsync());
        }
        Assert.Equal(alone[3], Scores(classifier.Classify(paths[3])));
        Assert.Equal(alone[3], Scores(classifier.Classify(new MemoryStream(Files[3]))));
        Assert.Equal(alone[3], Scores(await classifier.ClassifyAsync(paths[3])));
        Assert.Equal(alone[3], Scores(await classifier.ClassifyAsync(new MemoryStream(Files[3]))));
    }

    [Fact]
    public void A_shipped_model_gives_the_same_bits_in_a_batch()
    {
        // Its deep layers are those for which another algorithm is quicker on several pictures.
        EmotionClassifier classifier = EmotionClassifier.Load(Path.Combine(Repository.Root, "artifacts", "fer2013.zip"));
        string[] faces =
        [
            .. Directory
                .GetFiles(Path.Combine(Repository.Root, "data", "faces"), "0000.png", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(
            faces.Select(f => Scores(classifier.Classify(f))),
            classifier.ClassifyMany(faces, threads: 1).Select(r => Scores(r.Prediction!))
        );
    }

    [Fact]
    public async Task What_can_not_be_classified_has_a_result_with_its_exception_in_its_place()
    {
        var classifier = EmotionClassifier.From(TinyModel.Make());
        using var folder = new TemporaryFolder();
        string good = Pictures.Write(folder["good.png"]), broken = folder["broken.png"], missing = folder["missing.png"];
        EmotionMLNet.Files.AtomicFile.WriteText(broken, "no picture");
        string[] paths = [good, broken, missing, good];
        FileResult[] results = [.. classifier.ClassifyMany(paths)];
        Assert.Equal(paths, results.Select(r => r.Path));
        Assert.Equal([true, false, false, true], results.Select(r => r.IsClassified));
        Assert.IsType<ImageFormatException>(results[1].Exception);
        Assert.IsType<FileNotFoundException>(results[2].Exception);
        Assert.Equal(results.Select(r => r.Error), await classifier.ClassifyManyAsync(paths).Select(r => r.Error).ToArrayAsync());

        NamedPicture[] pictures =
        [
            new("good", Files[0]),
            new("broken", new byte[] { 1, 2, 3 }),
            new("closed", () => throw new InvalidDataException("the archive is damaged")),
            new("stream", () => new MemoryStream(Files[0])),
        ];
        foreach (
            NamedResult[] named in new[]
            {
                [.. classifier.ClassifyMany(pictures)],
                await classifier.ClassifyManyAsync(pictures).ToArrayAsync(),
            }
        )
        {
            Assert.Equal(["good", "broken", "closed", "stream"], named.Select(r => r.Name));
            Assert.IsType<ImageFormatException>(named[1].Exception);
            Assert.Equal("the archive is damaged", named[2].Error);
            Assert.Equal(Scores(named[0].Prediction!), Scores(named[3].Prediction!));
        }
    }

    [Fact]
    public void Streams_are_opened_one_after_the_other_in_order_and_disposed_of()
    {
        var classifier = EmotionClassifier.From(TinyModel.Make());
        int open = 0;
        var opened = new List<int>();
        NamedPicture[] pictures = [.. Files.Select((f, i) => new NamedPicture($"{i}", () =>
        {
            Assert.Equal(1, Interlocked.Increment(ref open));
            opened.Add(i);
            return new WatchedStream(f, () => Interlocked.Decrement(ref open));
        }))];
        Assert.All(classifier.ClassifyMany(pictures, threads: 3), r => Assert.True(r.IsClassified, r.Error));
        Assert.Equal(Enumerable.Range(0, Count), opened);
        Assert.Equal(0, open);
    }

    [Fact]
    public void An_endless_source_is_enumerated_a_bounded_number_ahead()
    {
        var classifier = EmotionClassifier.From(TinyModel.Make());
        int asked = 0;
        IEnumerable<NamedPicture> Endless()
        {
            while (true) yield return new NamedPicture($"{asked++}", Files[0]);
        }
        int seen = 0;
        foreach (NamedResult result in classifier.ClassifyMany(Endless(), threads: 2))
        {
            Assert.Equal($"{seen++}", result.Name);
            Assert.InRange(asked, seen, seen + 16);
            if (seen == 200) break;
        }
        Assert.Equal(200, seen);
    }

    [Fact]
    public async Task A_result_is_out_before_the_next_picture_has_come()
    {
        var classifier = EmotionClassifier.From(TinyModel.Make());
        Channel<NamedPicture> queue = Channel.CreateUnbounded<NamedPicture>();
        IAsyncEnumerator<NamedResult> results = classifier.ClassifyManyAsync(queue.Reader.ReadAllAsync(), threads: 2).GetAsyncEnumerator();
        for (int i = 0; i < 5; i++)
        {
            await queue.Writer.WriteAsync(new NamedPicture($"{i}", Files[i]));
            Assert.True(await results.MoveNextAsync());
            Assert.Equal($"{i}", results.Current.Name);
        }
        queue.Writer.Complete();
        Assert.False(await results.MoveNextAsync());
        await results.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_leaves_or_cancels_stops_a_source_that_waits()
    {
        var classifier = EmotionClassifier.From(TinyModel.Make());
        bool isDisposed = false;
        async IAsyncEnumerable<NamedPicture> Waiting([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            try
            {
                yield return new NamedPicture("one", Files[0]);
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                isDisposed = true;
            }
        }
        await foreach (NamedResult result in classifier.ClassifyManyAsync(Waiting())) break;
        Assert.True(isDisposed);

        isDisposed = false;
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (NamedResult result in classifier.ClassifyManyAsync(Waiting()).WithCancellation(cancellation.Token))
                await cancellation.CancelAsync();
        });
        Assert.True(isDisposed);
        var second = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (NamedResult result in classifier.ClassifyManyAsync(Waiting(), cancellationToken: cancellation.Token))
                Assert.Fail("It was cancelled before.");
        });
        Assert.Equal(cancellation.Token, second.CancellationToken);
    }

    [Fact]
    public async Task A_stream_is_awaited_and_no_thread_is_held()
    {
        var classifier = EmotionClassifier.From(TinyModel.Make());
        var stream = new AsynchronousStream(Files[0]);
        Task<Prediction> task = classifier.ClassifyAsync(stream);
        Assert.False(task.IsCompleted);
        stream.Release();
        Assert.Equal(Scores(classifier.Classify(Files[0])), Scores(await task));
        NamedResult[] results = await classifier
            .ClassifyManyAsync([new NamedPicture("a", () => Released(new AsynchronousStream(Files[0])))])
            .ToArrayAsync();
        Assert.True(results[0].IsClassified, results[0].Error);

        using var cancellation = new CancellationTokenSource();
        Task<Prediction> waiting = classifier.ClassifyAsync(new AsynchronousStream(Files[0]), cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        static AsynchronousStream Released(AsynchronousStream stream)
        {
            stream.Release();
            return stream;
        }
    }

    [Fact]
    public async Task Wrong_arguments_are_told_at_once()
    {
        var classifier = EmotionClassifier.From(TinyModel.Make());
        Assert.Throws<ArgumentOutOfRangeException>(() => classifier.ClassifyMany([""], threads: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => classifier.ClassifyManyAsync(Array.Empty<Image>(), threads: -1));
        Assert.Throws<ArgumentNullException>(() => classifier.ClassifyMany((IEnumerable<string>)null!));
        Assert.Throws<ArgumentNullException>(() => classifier.ClassifyManyAsync((IAsyncEnumerable<NamedPicture>)null!));
        Assert.Throws<ArgumentNullException>(() => classifier.Classify((Stream)null!));
        Assert.ThrowsAny<ArgumentException>(() => classifier.Classify(""));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => classifier.ClassifyAsync((string)null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageReaderOptions { MaxPixels = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageReaderOptions { WantedSize = (0, -1) });
        Assert.Throws<ArgumentNullException>(() => new EmotionClassifierOptions { Reader = null! });
    }

    [Fact]
    public void Alpha_of_a_decoded_picture_is_laid_over_the_background()
    {
        ModelZip model = TinyModel.Make();
        var options = new EmotionClassifierOptions { Reader = new ImageReaderOptions { Background = (10, 20, 30) } };
        var classifier = EmotionClassifier.From(model, options);
        byte[] transparent = new byte[9 * 7 * 4], background = [.. Enumerable.Repeat(new byte[] { 10, 20, 30 }, 9 * 7).SelectMany(p => p)];
        Assert.Equal(
            Scores(classifier.Classify(new Image(9, 7, 3, background))),
            Scores(classifier.Classify(new Image(9, 7, 4, transparent)))
        );
    }

    private static IEnumerable<NamedPicture> Named() =>
        Files.Select((f, i) => i % 2 == 0 ? new NamedPicture($"{i}", f) : new NamedPicture($"{i}", () => new MemoryStream(f)));

    private static float[] Scores(Prediction prediction) => [.. prediction.Scores.Select(s => s.Probability)];

    private sealed class WatchedStream(byte[] content, Action closed) : MemoryStream(content)
    {
        protected override void Dispose(bool disposing)
        {
            closed();
            base.Dispose(disposing);
        }
    }

    /// <summary>Reads asynchronously alone, and not before it is released.</summary>
    private sealed class AsynchronousStream(byte[] content) : MemoryStream(content)
    {
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => released.SetResult();

        public override int Read(byte[] buffer, int offset, int count) => throw new InvalidOperationException("It was read synchronously.");

        public override int Read(Span<byte> buffer) => throw new InvalidOperationException("It was read synchronously.");

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await released.Task.WaitAsync(cancellationToken);
            byte[] part = new byte[buffer.Length];
            int count = base.Read(part, 0, part.Length);
            part.AsMemory(0, count).CopyTo(buffer);
            return count;
        }
    }
}
