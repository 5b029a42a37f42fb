using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Faces;
using EmotionMLNet.Training.Reporting;

namespace EmotionMLNet.Tests.Data;

/// <summary>The same two faces in every form that boxes come in.</summary>
public sealed class FaceAnnotationsTests : IDisposable
{
    private static readonly FaceBox[] Boxes = [new(10, 20, 30, 40), new(50, 5, 16, 20)];

    private readonly TemporaryFolder folder = new();

    public FaceAnnotationsTests() => Picture("images/a.png");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_table_has_boxes_ignored_places_and_a_list_of_pictures_beside_it()
    {
        Picture("images/b.png");
        string path = Text("faces.csv", "image,x,y,width,height,ignore,subset\na.png,10,20,30,40,0,x\na.png,50,5,16,20,1,x\n");
        Text("images.csv", "image,subset\na.png,x\nb.png,x\n");

        IReadOnlyList<AnnotatedPicture> pictures = FaceAnnotations.Read(path);

        Assert.Equal(["a.png", "b.png"], pictures.Select(p => Path.GetFileName(p.Path)));
        Assert.Equal([Boxes[0]], pictures[0].Faces);
        Assert.Equal([Boxes[1]], pictures[0].Ignored);
        Assert.Empty(pictures[1].Faces);
        Assert.All(pictures, p => Assert.True(File.Exists(p.Path)));
        Assert.All(pictures, p => Assert.Equal("x", p.Subset));
        Assert.Equal(pictures.Select(p => p.Path), FaceAnnotations.Read(folder.FullName).Select(p => p.Path)); // the folder of faces.csv
    }

    [Fact]
    public void A_table_may_say_what_epochs_are_compared_by()
    {
        foreach (string name in new[] { "b", "c", "d" }) Picture($"images/{name}.png");
        string path = Text("faces.csv", "image,x,y,width,height,split\na.png,10,20,30,40,validation\nb.png,10,20,30,40,train\n");
        Text("images.csv", "image,split\nc.png,validation\nd.png,\n");
        for (ulong seed = 1; seed < 9; seed++)
        {
            FaceSet set = FaceSet.Load(FaceAnnotations.Read(path), 0.5f, seed, new SilentReporter(), CancellationToken.None);
            Assert.Contains("a.png", Names(set.Validation));
            Assert.Contains("c.png", Names(set.Validation));
            Assert.Contains("b.png", Names(set.Train));
        }
        Text("images.csv", "image,split\nc.png,testing\n");
        TrainingException e = Assert.Throws<TrainingException>(() => FaceAnnotations.Read(path));
        Assert.Contains(":2: split 'testing'", e.Message, StringComparison.Ordinal);

        static IEnumerable<string> Names(IEnumerable<FacePicture> pictures) => pictures.Select(p => Path.GetFileName(p.Path));
    }

    [Fact]
    public void Coco_has_boxes_by_the_category_of_faces_and_crowds_count_for_nothing()
    {
        string path = Text(
            "boxes.json",
            """
            {"images":[{"id":7,"file_name":"a.png","width":100,"height":80}],
             "categories":[{"id":1,"name":"Face"},{"id":2,"name":"car"}],
             "annotations":[{"image_id":7,"category_id":1,"bbox":[10,20,30,40],"iscrowd":0},
                            {"image_id":7,"category_id":2,"bbox":[1,1,9,9]},
                            {"image_id":7,"category_id":1,"bbox":[50,5,16,20],"iscrowd":1}]}
            """
        );

        AnnotatedPicture picture = Assert.Single(FaceAnnotations.Read(path));

        Assert.True(File.Exists(picture.Path));
        Assert.Equal([Boxes[0]], picture.Faces);
        Assert.Equal([Boxes[1]], picture.Ignored);
    }

    [Fact]
    public void Pascal_counts_from_one_and_to_the_last_pixel()
    {
        Text(
            "Annotations/a.xml",
            """
            <annotation><filename>a.png</filename>
              <object><name>face</name><difficult>0</difficult><bndbox><xmin>11</xmin><ymin>21</ymin><xmax>40</xmax><ymax>60</ymax></bndbox></object>
              <object><name>person</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object>
              <object><name>face</name><difficult>1</difficult><bndbox><xmin>51</xmin><ymin>6</ymin><xmax>66</xmax><ymax>25</ymax></bndbox></object>
            </annotation>
            """
        );

        AnnotatedPicture picture = Assert.Single(FaceAnnotations.Read(folder["Annotations"]));

        Assert.Equal([Boxes[0]], picture.Faces);
        Assert.Equal([Boxes[1]], picture.Ignored);
    }

    [Fact]
    public void Yolo_has_shares_of_a_picture_of_100_by_80()
    {
        Text("labels/a.txt", "0 0.25 0.5 0.3 0.5\n1 0.5 0.5 0.1 0.1\n0 0.58 0.1875 0.16 0.25\n");
        Text("labels/classes.txt", "face\nhand\n");

        AnnotatedPicture picture = Assert.Single(FaceAnnotations.Read(folder["labels"]));

        Assert.Equal(2, picture.Faces.Count);
        for (int i = 0; i < 2; i++) Assert.Equal(1, picture.Faces[i].Overlap(Boxes[i]), 1e-4f);
    }

    [Theory]
    [InlineData("faces.csv", "image,x,y,width\na.png,1,2,3\n", "column height is missing")]
    [InlineData("faces.csv", "image,x,y,width,height\na.png,1,2,3,four\n", "'four' is no number")]
    [InlineData("faces.csv", "image,x,y,width,height\na.png,1,2,0,4\n", "no width or height")]
    [InlineData("b.json", "{\"images\":3}", "not COCO's form")]
    [InlineData("b.json", "{", "not COCO's form")]
    [InlineData("b.xyz", "", ".csv or .json")]
    public void What_is_wrong_is_said_in_one_line(string file, string content, string message)
    {
        TrainingException e = Assert.Throws<TrainingException>(() => FaceAnnotations.Read(Text(file, content)));

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Several_names_of_boxes_of_which_none_is_a_face_are_refused()
    {
        Text("labels/a.txt", "0 0.5 0.5 0.3 0.5\n");
        Text("labels/classes.txt", "dog\nhand\n");

        TrainingException e = Assert.Throws<TrainingException>(() => FaceAnnotations.Read(folder["labels"]));
        Assert.Contains("dog, hand", e.Message, StringComparison.Ordinal);
    }

    private void Picture(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        AtomicFile.Write(folder[name], s => s.Write(PngEncoder.Encode(new Image(100, 80, 1, new byte[8000]))));
    }

    private string Text(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        AtomicFile.WriteText(folder[name], content);
        return folder[name];
    }
}
